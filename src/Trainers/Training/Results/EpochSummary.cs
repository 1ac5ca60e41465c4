namespace MLVision.Trainers.Training.Results;

/// <summary>What one epoch of training came to.</summary>
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

    /// <summary>Share of training images that were classified rightly, as they came by, augmented.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean cross entropy on the validation images, or null without such.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Share of validation images that are classified rightly, or null without such.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Training images per second, validation not counted.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Seconds that the epoch's training took, validation not counted.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds that validation took, or null without validation images.</summary>
    public double? ValidationSeconds { get; init; }

    /// <summary>Megabytes (10⁶ bytes): the most memory that the process has had resident until the epoch's end.</summary>
    /// <remarks>
    /// Linux's VmHWM, Windows's peak working set; on macOS, which tells no peak, what is resident at the epoch's end. Everything in the
    /// process
    /// counts: torch, ML.NET, the application, and pages of a mapped pixel file, which the system takes back when it needs them.
    /// </remarks>
    public double PeakMemoryMegabytes { get; init; }
}
