namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>How a float model and the one made of it label the same images.</summary>
internal sealed record MeasuredAccuracy(ModelScores Before, ModelScores After)
{
    /// <summary>Percentage points of accuracy lost; negative where some were gained.</summary>
    public double DropPoints => Before.DropPointsTo(After);
}
