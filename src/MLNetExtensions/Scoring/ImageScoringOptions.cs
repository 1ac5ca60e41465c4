using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Options;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>How an <see cref="ImageClassifier"/> scores.</summary>
public sealed record ImageScoringOptions
{
    private const int AcceleratorBatch = 16;

    /// <summary>Exactly the pixels of ML.NET's chain, the default, or fast ones.</summary>
    public PixelMode Pixels { get; init; } = PixelMode.Exact;

    /// <summary>Whether pictures are left as they are stored, whatever EXIF says; false by default.</summary>
    /// <remarks>For a model that was trained in this way, or to score like ML.NET's own chain.</remarks>
    public bool IgnoreOrientation { get; init; }

    /// <summary>The device that the model runs on; by default the best one available.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Auto;

    /// <summary>Batches of images read and scored at the same time, over all callers; at least 1, the number of cores by default.</summary>
    /// <remarks>Further callers wait, so that memory is limited and threads do not compete for cores.</remarks>
    [Number(AtLeast = 1)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Threads of the CPU that compute one batch; at least 1, the default.</summary>
    /// <remarks>
    /// One is best for many images, because each thread has an image of its own. For one image at a time at the lowest latency, set this
    /// to the number of cores and <see cref="Threads"/> to 1.
    /// </remarks>
    [Number(AtLeast = 1)]
    public int ThreadsPerBatch { get; init; } = 1;

    /// <summary>
    /// Images in one call of the model when many are scored; at least 1. By default 1 on a CPU, where more gain nothing, and 16 elsewhere.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? BatchSize { get; init; }

    /// <summary>Width times height of the largest image that is decoded; at least 1, 2²⁷ by default (half a gigabyte decoded).</summary>
    /// <remarks>A file of a few hundred kilobytes can claim billions of pixels. A larger image counts as unreadable.</remarks>
    [Number(AtLeast = 1)]
    public long MaxPixels { get; init; } = ImageFile.MaxPixels;

    /// <summary>Receives a line about the device that is used and why; null, the default, for no log.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Images in one call of the model on a device: <see cref="BatchSize"/>, or its default there.</summary>
    public int BatchSizeOn(ComputeDevice device) => BatchSize ?? (device.Kind == ComputeDeviceKind.Cpu ? 1 : AcceleratorBatch);

    /// <summary>What reads images as these options ask for, to squares of a number of pixels.</summary>
    internal ImageReader Reader(int imageSize) => new(imageSize, Pixels, MaxPixels, IgnoreOrientation);

    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    internal void Validate() => OptionChecks.ThrowUnlessInRange(this);
}
