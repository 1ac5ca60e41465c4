using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>How an <see cref="ImageClassifier"/> scores.</summary>
public sealed record ImageScoringOptions
{
    // On an H100 a ResNet-50 gains nothing beyond 64 images, and lacks an eighth at 16.
    private const int NvidiaBatch = 64;
    private const int AcceleratorBatch = 16;
    private const int UsualSize = 224;

    /// <summary>Exactly the pixels of ML.NET's chain, the default, or fast ones.</summary>
    public PixelMode Pixels { get; init; } = PixelMode.Exact;

    /// <summary>Whether pictures are left as they are stored, whatever EXIF says; false by default.</summary>
    /// <remarks>For a model that was trained in this way, or to score like ML.NET's own chain.</remarks>
    public bool IgnoreOrientation { get; init; }

    /// <summary>The device that the model runs on; by default the best one available.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Auto;

    /// <summary>Batches of images read and scored at the same time, over all callers; at least 1, the number of cores by default.</summary>
    /// <remarks>
    /// Further callers wait, so that memory is limited and threads do not compete for cores. Where another device than the CPU scores, this
    /// is the number of images read at the same time: all threads read the images of one batch, and a few batches are scored at once.
    /// </remarks>
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
    /// Images in one call of the model when many are scored; at least 1. By default 1 on a CPU, where more gain nothing, 64 on an NVIDIA
    /// GPU, and 16 elsewhere; half or a quarter of that for images above 316 or 448 pixels, and what fits where the device lacks memory.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? BatchSize { get; init; }

    /// <summary>Width times height of the largest image that is decoded; at least 1, 2²⁷ by default (half a gigabyte decoded).</summary>
    /// <remarks>A file of a few hundred kilobytes can claim billions of pixels. A larger image counts as unreadable.</remarks>
    [Number(AtLeast = 1)]
    public long MaxPixels { get; init; } = ImageFile.MaxPixels;

    /// <summary>What is read beside scores; null, the default, for all that the model gives.</summary>
    /// <remarks>
    /// Predictions and rows hold what is read: 2 to 16 kilobytes an image for an embedding. A model gives what it was trained or exported
    /// with; other outputs are refused.
    /// </remarks>
    public ModelOutputs? Outputs { get; init; }

    /// <summary>
    /// Familiarity that an image must have to get a label, 0..1; null, the default, labels every image. It is the share of known images, at
    /// most, that are refused: with 0.01 one in a hundred. The model must give <see cref="ModelOutputs.Familiarity"/>.
    /// </summary>
    /// <remarks>
    /// A refused image has scores, but no label: <see cref="Results.ImagePrediction.Refusal"/> says why, and in a data view its
    /// <c>PredictedLabel</c> is missing. A saved chain knows no threshold. docs/trust.md says what this can tell and cannot tell.
    /// </remarks>
    [Number(AtLeast = 0, UpTo = 1)]
    public double? MinFamiliarity { get; init; }

    /// <summary>Receives a line about the device that is used and why; null, the default, for no log.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Makes the meter of the measurements; null, the default, for one that the whole process shares.</summary>
    /// <remarks>A host has one: <c>services.AddImageClassifier</c> takes it. docs/scoring.md lists what is measured.</remarks>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>Images in one call of the model on a device: <see cref="BatchSize"/>, or its default there.</summary>
    /// <param name="device">The device.</param>
    /// <param name="imageSize">Width and height of the model's input in pixels.</param>
    public int BatchSizeOn(ComputeDevice device, int imageSize) => BatchSize ?? device.Kind switch
    {
        ComputeDeviceKind.Cpu => 1,
        ComputeDeviceKind.Cuda or ComputeDeviceKind.TensorRt => Fitting(NvidiaBatch, imageSize),
        _ => Fitting(AcceleratorBatch, imageSize),
    };

    /// <summary>
    /// Calls of the model at the same time on a device: as many as <see cref="Threads"/> on a CPU, a few elsewhere, where more only take
    /// memory.
    /// </summary>
    public int CallsOn(ComputeDevice device) => PlanOn(device, UsualSize).Runs;

    /// <summary>What is asked for: the <see cref="Outputs"/>, and what the threshold needs.</summary>
    internal ModelOutputs AskedOutputs =>
        (Outputs ?? ModelOutputs.None) | (MinFamiliarity is null ? ModelOutputs.None : ModelOutputs.Familiarity);

    /// <summary>How batches go through the session, where it shall not be as for the device: tests take a GPU's way on a CPU.</summary>
    internal LanePlan? Plan { get; init; }

    /// <summary>How batches go through a session on a device.</summary>
    internal LanePlan PlanOn(ComputeDevice device, int imageSize) =>
        Plan ?? LanePlan.Of(device, Threads, BatchSizeOn(device, imageSize));

    /// <summary>What reads images as these options ask for, to squares of a number of pixels.</summary>
    internal ImageReader Reader(int imageSize) => new(imageSize, Pixels, MaxPixels, IgnoreOrientation);

    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    internal void Validate() => OptionChecks.ThrowUnlessInRange(this);

    /// <summary>So many images, halved while they have more than twice the pixels of as many of the usual size.</summary>
    private static int Fitting(int images, int imageSize)
    {
        var pixels = 2L * images * UsualSize * UsualSize;
        while (images > 1 && (long)images * imageSize * imageSize > pixels)
        {
            images /= 2;
        }

        return images;
    }
}
