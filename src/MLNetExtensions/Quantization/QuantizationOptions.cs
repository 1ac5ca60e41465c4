using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>Options of <see cref="ImageClassifierQuantizer"/>.</summary>
public sealed record QuantizationOptions
{
    /// <summary>
    /// Percentage points of micro-accuracy that may be lost on the images given; 0 or more, 0.5 by default. A model that gains accuracy
    /// always passes.
    /// </summary>
    [Number(AtLeast = 0, UpTo = 100)]
    public double MaxDropPoints { get; init; } = 0.5;

    /// <summary>
    /// Whether a drop above <see cref="MaxDropPoints"/> is prevented. If not, the drop is only measured, on the images whose labels the
    /// model knows.
    /// </summary>
    public bool Gate { get; init; } = true;

    /// <summary>Share of the layers with weights that the gate may put back to float, 0 to 1; half of them by default.</summary>
    /// <remarks>A model that is mostly float is neither small nor fast; then the gate refuses it.</remarks>
    [Number(AtLeast = 0, UpTo = 1)]
    public double MaxFloatShare { get; init; } = 0.5;

    /// <summary>How ranges are found.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Percent of the values within a range for <see cref="CalibrationMethod.Percentile"/>; above 50, up to 100.</summary>
    [Number(Above = 50, UpTo = 100)]
    public double Percentile { get; init; } = 99.99;

    /// <summary>Number of images used to find ranges, spread evenly over the classes, always the same ones; at least 1.</summary>
    [Number(AtLeast = 1)]
    public int CalibrationImages { get; init; } = 128;

    /// <summary>Number of unreadable images that are left out and listed; one more is an error. 0 or more.</summary>
    [Number(AtLeast = 0)]
    public int MaxSkippedImages { get; init; } = 100;

    /// <summary>Whether to ignore EXIF orientation and leave pictures as they are stored; for a model that was trained this way.</summary>
    public bool IgnoreOrientation { get; init; }

    /// <summary>Images scored at the same time; at least 1, the number of cores by default. The result does not depend on it.</summary>
    [Number(AtLeast = 1)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives a message about each step: ranges, accuracies, layers put back. Null, the default, for no log.</summary>
    public ILogger? Logger { get; init; }

    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    internal void Validate() => OptionChecks.ThrowUnlessInRange(this);
}
