namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>Predictions of about the same probability, and how many of them are right.</summary>
/// <remarks>Of a calibrated classifier <see cref="ShareRight"/> is <see cref="MeanProbability"/>, but for chance.</remarks>
public sealed record ConfidenceBin
{
    /// <summary>Probabilities of the predicted class above this are in the bin, 0..1.</summary>
    public required double From { get; init; }

    /// <summary>Probabilities up to this are in the bin, 0..1.</summary>
    public required double To { get; init; }

    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    /// <summary>Mean probability of the predicted class, 0..1; null if there are no images.</summary>
    public required double? MeanProbability { get; init; }

    /// <summary>Share of the images that are classified correctly, 0..1; null if there are none.</summary>
    public required double? ShareRight { get; init; }
}
