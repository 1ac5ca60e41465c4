using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Training.Results;

/// <summary>Tells lines of a training's log apart.</summary>
public static class TrainingEvents
{
    internal const int Ended = 301;
    internal const int EndedAndChecked = 302;

    /// <summary>
    /// Whether a line is the one of an epoch that ended. Who shows epochs by <see cref="Options.ImageTrainingOptions.EpochProgress"/> may
    /// leave it out.
    /// </summary>
    /// <param name="id">The line's id.</param>
    public static bool IsEpoch(EventId id) => id.Id is Ended or EndedAndChecked;
}
