namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>The accuracy of a float model and of its quantised form on the same images.</summary>
internal sealed record MeasuredAccuracy(ModelScores Before, ModelScores After)
{
    /// <summary>Percentage points of accuracy lost; negative where some were gained.</summary>
    public double DropPoints => Before.DropPointsTo(After);
}
