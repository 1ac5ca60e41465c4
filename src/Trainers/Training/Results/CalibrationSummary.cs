namespace MLVision.Trainers.Training.Results;

/// <summary>The temperature that a model's probabilities were fitted with.</summary>
/// <remarks>
/// Dividing logits by a temperature above 1 makes a model less sure, and one below 1 surer; the predicted class stays. Source: Guo et al.
/// 2017, "On calibration of modern neural networks", §4.2, arXiv:1706.04599.
/// </remarks>
public sealed record CalibrationSummary
{
    /// <summary>What the logits are divided by before softmax.</summary>
    public required double Temperature { get; init; }

    /// <summary>Number of images that it was fitted on; none of them trained the weights that gave its logits.</summary>
    public required int Images { get; init; }

    /// <summary>
    /// Whether the logits came from last layers that were trained on four fifths of the images each, because few were held out.
    /// </summary>
    public required bool IsOutOfFold { get; init; }

    /// <summary>The expected calibration error on those images without a temperature, over 15 bins, 0..1.</summary>
    public required double ErrorBefore { get; init; }

    /// <summary>The same with the temperature. On new images it is a little larger, because these images chose the temperature.</summary>
    public required double ErrorAfter { get; init; }
}
