using System.Diagnostics;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>
/// The trace of a batch on its way through a session: how long it waited, when it was read and run, how many images there were.
/// </summary>
/// <param name="activity">What is recorded; null where nobody listens.</param>
internal readonly struct BatchTrace(Activity? activity) : IDisposable
{
    /// <summary>The batch has a lane, and its images are read now.</summary>
    public void Reads() => activity?.AddEvent(new ActivityEvent("read"));

    /// <summary>The images are read, and the model runs now.</summary>
    public void Runs(ScoringLane lane) =>
        activity?.SetTag("images", lane.Count).SetTag("unreadable", lane.Unreadable).AddEvent(new ActivityEvent("run"));

    /// <summary>The batch fails. One that is cancelled is no failure.</summary>
    /// <returns>False, so that as a filter it catches nothing.</returns>
    public bool Fails(Exception error)
    {
        if (error is not OperationCanceledException)
        {
            activity?.SetTag("error.type", error.GetType().FullName).SetStatus(ActivityStatusCode.Error, error.Message);
        }

        return false;
    }

    /// <summary>The batch is done.</summary>
    public void Dispose() => activity?.Dispose();
}
