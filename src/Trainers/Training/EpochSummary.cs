namespace Trainers;

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
}
