using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>What <see cref="ImageClassifierQuantizer"/> made.</summary>
public sealed record QuantizationResult
{
    /// <summary>Bytes of the float model.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Bytes of the file written.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>Images both models scored; 0 where none were given, or none with a label that the model knows.</summary>
    public required int Images { get; init; }

    /// <summary>Images that could not be read and do not count.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Share of the images that the float model classifies rightly, 0..1; null where <see cref="Images"/> is 0.</summary>
    public required double? MicroAccuracyBefore { get; init; }

    /// <summary>Share of the images that the model written classifies rightly, 0..1; null where <see cref="Images"/> is 0.</summary>
    public required double? MicroAccuracyAfter { get; init; }

    /// <summary>Percentage points of micro-accuracy lost, negative where some were gained; null where <see cref="Images"/> is 0.</summary>
    public double? DropPoints => 100 * (MicroAccuracyBefore - MicroAccuracyAfter);

    /// <summary>Layers with weights that the accuracy gate put back to float, those that hurt most first.</summary>
    public required IReadOnlyList<string> FloatLayers { get; init; }

    /// <summary>Number of layers with weights.</summary>
    public required int Layers { get; init; }
}
