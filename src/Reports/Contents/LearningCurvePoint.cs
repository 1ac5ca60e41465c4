namespace MLVision.Reports.Contents;

/// <summary>The results of one epoch of a training, for its learning curves.</summary>
public sealed record LearningCurvePoint
{
    /// <summary>What was trained, in a word or two; the points of a phase follow each other. Empty where there is one phase only.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Number of the epoch in its phase, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss on the images that were learned from; NaN or infinite if the training diverged.</summary>
    public required double Loss { get; init; }

    /// <summary>Share of those images that were classified correctly, 0..1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean loss on the validation images; null if there are none.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Share of the validation images that are classified correctly, 0..1; null if there are none.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Whether the model has the weights of this epoch.</summary>
    public bool IsKept { get; init; }
}
