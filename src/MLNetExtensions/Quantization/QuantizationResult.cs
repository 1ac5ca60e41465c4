using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>The result of <see cref="ImageClassifierQuantizer"/>.</summary>
public sealed record QuantizationResult
{
    /// <summary>Size of the float model in bytes.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Size of the written file in bytes.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>Number of images that both models scored; 0 if there were none with a label that the model knows.</summary>
    public required int Images { get; init; }

    /// <summary>Images that could not be read; they do not count.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Share of the images that the float model classifies correctly, 0..1; null if <see cref="Images"/> is 0.</summary>
    public required double? MicroAccuracyBefore { get; init; }

    /// <summary>Share of the images that the written model classifies correctly, 0..1; null if <see cref="Images"/> is 0.</summary>
    public required double? MicroAccuracyAfter { get; init; }

    /// <summary>Percentage points of micro-accuracy lost; negative for a gain; null if <see cref="Images"/> is 0.</summary>
    public double? DropPoints => 100 * (MicroAccuracyBefore - MicroAccuracyAfter);

    /// <summary>Layers with weights that the accuracy gate put back to float, the most harmful first.</summary>
    public required IReadOnlyList<string> FloatLayers { get; init; }

    /// <summary>Number of layers with weights.</summary>
    public required int Layers { get; init; }
}
