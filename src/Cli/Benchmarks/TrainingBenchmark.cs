using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Cli.Benchmarks;

/// <summary>
/// Times a real training on synthetic images, as an application calls for it, and beside it nothing but forward, backward and step on one
/// batch.
/// </summary>
/// <remarks>
/// Both take turns, so that a machine that slows down slows both: the bare steps run whenever an epoch of the training has made its last
/// step, under the settings of threads, memory and precision that the training has made. What is trained is thrown away.
/// </remarks>
/// <param name="architecture">The network, with 1000 classes.</param>
/// <param name="options">Batch size, device, precision and all else that the training obeys.</param>
/// <param name="logger">Receives a line about how the training computes.</param>
internal sealed class TrainingBenchmark(ImageModel architecture, ImageTrainingOptions options, ILogger logger)
{
    private const int Classes = 1000;
    private const int ImageSize = 224;
    private const int StepsPerRound = 2;
    private const int StepsPerRoundOnGpu = 16;
    private const int StepsPerReportOnGpu = 8;

    /// <summary>
    /// Runs both in rounds of two counted steps, 16 on a GPU, until there were that many of each, and returns the rounds' medians. A round
    /// is an epoch.
    /// </summary>
    /// <remarks>
    /// A round's first step is not counted, because the other one ran before it; nor is the training's last, because no batch is made
    /// ahead meanwhile. On a GPU, where a training reports eight steps at once, that many are not counted. The first round is not counted
    /// at all.
    /// </remarks>
    /// <exception cref="OptionOutOfRangeException">There are no steps, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public TrainingBenchmarkResult Run(int steps)
    {
        OptionOutOfRangeException.ThrowUnless(steps >= 1, "Steps", steps, "at least 1");
        var ml = new MLContext(options.Seed);
        var device = ChooseDevice();
        var isOnGpu = device.type == DeviceType.CUDA;
        var perRound = isOnGpu ? StepsPerRoundOnGpu : Math.Min(StepsPerRound, steps);
        var stepsOfAnEpoch = perRound + (2 * (isOnGpu ? StepsPerReportOnGpu : 1));
        using var rounds = new BenchmarkRounds(perRound, () => NewBareLoop(device), options.CancellationToken);
        var estimator = ml.Transforms.ImageClassifier(architecture.Name, options with
        {
            ImageSize = ImageSize,
            Epochs = 1 + ((steps + perRound - 1) / perRound),
            Optimizer = options.Optimizer ?? TrainingOptimizer.Sgd,    // as the figures of other libraries are
            ValidationFraction = 0,
            RememberedImages = 0,
            Progress = rounds,
            Logger = new SetupLogger(logger),
        });
        using var trained = estimator.Fit(ml.Data.LoadFromEnumerable(SyntheticImages(stepsOfAnEpoch * options.BatchSize)));
        return new TrainingBenchmarkResult(
            options.BatchSize / Median(rounds.Training), options.BatchSize / Median(rounds.Bare), rounds.PeakMegabytes);
    }

    private Device ChooseDevice()
    {
        _ = architecture.CountCost();    // loads libtorch, or says why it cannot be loaded
        return options.Device.Kind == ComputeDeviceKind.Cpu || !cuda.is_available()
            ? CPU : new Device(DeviceType.CUDA, options.Device.Index);
    }

    private BareLoop NewBareLoop(Device device)
    {
        // Channels last, as the training's batches are: made with the channels behind, then named in torch's order.
        using var scope = NewDisposeScope();
        var images = rand(options.BatchSize, ImageSize, ImageSize, 3).permute(0, 3, 1, 2).to(device);
        var labels = arange(options.BatchSize, ScalarType.Int64).remainder(Classes).to(device);
        return new BareLoop(
            architecture, device, options.Precision, images.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), Classes);
    }

    private List<SyntheticImage> SyntheticImages(int count)
    {
        var random = new Random(options.Seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var image = new SyntheticImage { Label = (uint)(i % Classes) + 1 };
                random.NextBytes(image.Image);
                return image;
            }),
        ];
    }

    private static double Median(IReadOnlyList<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    private sealed class SyntheticImage
    {
        [VectorType(ImageSize, ImageSize, 3)]
        public byte[] Image { get; set; } = new byte[ImageSize * ImageSize * 3];

        [KeyType(Classes)]
        public uint Label { get; set; }
    }
}
