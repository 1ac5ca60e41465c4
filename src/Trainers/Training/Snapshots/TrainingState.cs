using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>The state of a training after an epoch.</summary>
internal sealed record TrainingState
{
    /// <summary>The phase of the last epoch.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The epochs of the phases before this one.</summary>
    public required IReadOnlyList<EpochSummary> Before { get; init; }

    /// <summary>The epochs of this phase.</summary>
    public required IReadOnlyList<EpochSummary> History { get; init; }

    /// <summary>The best epoch so far.</summary>
    public required EpochSummary Best { get; init; }

    /// <summary>Epochs since the best one.</summary>
    public required int EpochsSinceBest { get; init; }

    /// <summary>Number of steps that the optimizer has made.</summary>
    public required long OptimizerSteps { get; init; }
}
