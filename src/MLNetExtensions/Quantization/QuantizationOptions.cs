using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>How an <see cref="ImageClassifierQuantizer"/> works.</summary>
public sealed record QuantizationOptions
{
    /// <summary>
    /// Percentage points of micro-accuracy that may be lost on the images given; 0 or more, 0.5 by default. A model that gains accuracy
    /// always passes.
    /// </summary>
    [Number(AtLeast = 0, UpTo = 100)]
    public double MaxDropPoints { get; init; } = 0.5;

    /// <summary>
    /// Whether the drop is kept within <see cref="MaxDropPoints"/>; where not, it is only measured, on the images whose labels the model
    /// knows.
    /// </summary>
    public bool Gate { get; init; } = true;

    /// <summary>Share of the layers with weights that the gate may put back to float, 0 to 1; half of them by default.</summary>
    /// <remarks>A model of which most is float is neither small nor fast any more: then the gate refuses.</remarks>
    [Number(AtLeast = 0, UpTo = 1)]
    public double MaxFloatShare { get; init; } = 0.5;

    /// <summary>How ranges are found.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Percent of the values within the range of <see cref="CalibrationMethod.Percentile"/>; above 50 and up to 100.</summary>
    [Number(Above = 50, UpTo = 100)]
    public double Percentile { get; init; } = 99.99;

    /// <summary>Images that ranges are found on, taken evenly from the classes, the same ones every time; at least 1.</summary>
    [Number(AtLeast = 1)]
    public int CalibrationImages { get; init; } = 128;

    /// <summary>Unreadable images that are left out and listed; one more is an error. 0 or more.</summary>
    [Number(AtLeast = 0)]
    public int MaxSkippedImages { get; init; } = 100;

    /// <summary>Whether pictures that are stored turned stay so, whatever EXIF says; for a model that was trained so.</summary>
    public bool IgnoreOrientation { get; init; }

    /// <summary>Images scored at the same time; at least 1, the number of cores by default. The result does not depend on it.</summary>
    [Number(AtLeast = 1)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Hears of each step: the ranges, the accuracies, the layers put back. No one by default.</summary>
    public ILogger? Logger { get; init; }

    /// <exception cref="OptionOutOfRangeException">An option is out of its range.</exception>
    internal void Validate() => OptionChecks.ThrowUnlessInRange(this);
}
