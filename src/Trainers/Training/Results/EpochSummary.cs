namespace MLVision.Trainers.Training.Results;

/// <summary>The results of one epoch of training.</summary>
public sealed record EpochSummary
{
    /// <summary>Number of the epoch in its phase, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>What was trained.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean training loss: cross entropy against smoothed labels, on augmented images.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of training images that were classified correctly during the epoch, augmented.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean cross entropy on the validation images, or null if there are none.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Share of validation images that are classified correctly, or null if there are none.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Training images per second, without validation.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Seconds that the epoch's training took, without validation.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds that validation took, or null if there are no validation images.</summary>
    public double? ValidationSeconds { get; init; }

    /// <summary>The largest resident memory of the process so far, in megabytes (10⁶ bytes).</summary>
    /// <remarks>
    /// Linux's VmHWM or Windows's peak working set; macOS reports no peak, so it is the resident memory at the epoch's end. Everything in
    /// the process counts: torch, ML.NET, the application, and pages of a mapped pixel file, which the system can take back.
    /// </remarks>
    public double PeakMemoryMegabytes { get; init; }
}
