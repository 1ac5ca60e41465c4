using System.Collections.Concurrent;
using System.Diagnostics;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Listens to the product's traces, and keeps those of one model.</summary>
internal sealed class RecordedTraces : IDisposable
{
    private readonly ActivityListener _listener;

    /// <param name="model">The tag <c>model</c> of the traces that are kept.</param>
    public RecordedTraces(string model)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MLVision.ImageClassifier",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = trace =>
            {
                if (Equals(trace.GetTagItem("model"), model))
                {
                    Finished.Enqueue(trace);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<Activity> Finished { get; } = [];

    public void Dispose() => _listener.Dispose();
}
