using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Compute;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Rates;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>Times the real training loop on synthetic images, and beside it nothing but forward, backward and step on one batch.</summary>
/// <remarks>Both take turns on the same network, so that a machine that slows down slows both. What is trained is thrown away.</remarks>
/// <param name="architecture">The network, with 1000 classes.</param>
/// <param name="options">Batch size, device, precision and all else that the loop obeys.</param>
/// <param name="logger">Told how the training computes.</param>
internal sealed class TrainingBenchmark(ImageModel architecture, ImageTrainingOptions options, ILogger logger)
{
    private const int Classes = 1000;
    private const int ImageSize = 224;
    private const int StepsPerRound = 2;

    private static readonly ImagePreprocessing Preprocessing = new(ImageSize, ImageSize, Normalization.ImageNet);

    /// <summary>One epoch as a training has it, with gradient descent, as the figures of other libraries are.</summary>
    private TrainingRecipe Recipe => TrainingRecipe.Of(
        options with { Epochs = 1, Optimizer = options.Optimizer ?? TrainingOptimizer.Sgd }, architecture, FineTuning.None, ImageSize);

    /// <summary>Runs both in rounds of two counted steps, times that many steps of each, and returns the rounds' medians.</summary>
    /// <remarks>
    /// A round's first step is not counted, because the other one ran before it; nor is the loop's last, because no batch is made ahead
    /// meanwhile. The first round is not counted at all.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public TrainingBenchmarkResult Run(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        options.Validate();
        var device = TrainingDevice.Choose(options.Device);
        using var compute = ComputeSettings.Begin(options, device, logger);
        using var start = Weights.StartingPoint.Open(
            architecture, weights: null, key: null, logger, progress: null, options.CancellationToken);
        using var network = start.BuildForTraining(
            [.. Enumerable.Range(0, Classes).Select(i => i.ToString(CultureInfo.InvariantCulture))], options.Seed);
        network.to(device);

        var (loop, bare) = (new List<double>(), new List<double>());
        for (var done = -StepsPerRound; done < steps; done += StepsPerRound)
        {
            var counted = Math.Min(StepsPerRound, steps - Math.Max(done, 0));
            using var pixels = SyntheticImages((counted + 2) * options.BatchSize);
            var batches = new BatchSource(
                new PixelSet(
                    pixels, [.. Enumerable.Range(0, pixels.Count)], [.. Enumerable.Range(0, pixels.Count).Select(i => i % Classes)]),
                options.BatchSize, Preprocessing, device, options.ChannelsLast)
            {
                Augmentation = Recipe.Augmentation,
            };
            var (loopSeconds, bareSeconds) = (TimeLoop(
                network, batches, compute.Graph), TimeBare(network, batches, compute.Graph, counted));
            if (done >= 0)
            {
                loop.Add(loopSeconds[1..^1].Average());
                bare.Add(bareSeconds[1..].Average());
            }
        }

        using var process = Process.GetCurrentProcess();
        return new TrainingBenchmarkResult(
            options.BatchSize / Median(loop), options.BatchSize / Median(bare), process.PeakWorkingSet64 / 1e6);
    }

    /// <summary>Seconds of each step, from the last one's end to its own.</summary>
    private double[] TimeLoop(Block network, BatchSource batches, EagerGraph graph)
    {
        var timing = new Timing();
        var timed = options with { Progress = timing };
        var none = new BatchSource(new PixelSet(ImageSize, [], []), options.BatchSize, Preprocessing, batches.Device);
        new TrainingPhases(network, architecture, batches, none, graph, Recipe, timed, checkpoint: null, NullLogger.Instance).Run();
        return timing.Seconds;
    }

    /// <summary>The least that a training must do.</summary>
    private double[] TimeBare(Block network, BatchSource batches, EagerGraph graph, int steps)
    {
        var timing = new Timing();
        using var batch = batches.InOrder().First();
        var recipe = Recipe;
        var learner = new NetworkLearner(network, TrainableParts.All(network), graph);
        using var objective = Objective.Of(recipe, batches.Labels, batches.Device);
        using var optimizer = new GroupedOptimizer(recipe.Optimizer, learner.Trained.Groups(), recipe.WeightDecay, recipe.Momentum);
        learner.Train();
        for (var step = 0; step <= steps; step++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = objective.Loss(learner.Logits(batch.Images), batch);
            optimizer.ZeroGradients();
            loss.backward();
            optimizer.Step(new StepRates(recipe.LearningRate, recipe.Momentum));
            _ = loss.item<float>();    // waits for the GPU
            timing.Tick();
        }

        return timing.Seconds;
    }

    private PixelStore SyntheticImages(int count)
    {
        var random = new Random(options.Seed);
        return PixelStore.Of(ImageSize, Enumerable.Range(0, count).Select(_ =>
        {
            var image = new byte[ImageSize * ImageSize * 3];
            random.NextBytes(image);
            return image;
        }));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    /// <summary>Notes when each step ends.</summary>
    private sealed class Timing : IProgress<TrainingProgress>
    {
        private readonly List<double> _seconds = [];
        private long _last = Stopwatch.GetTimestamp();

        public double[] Seconds => [.. _seconds];

        public void Tick()
        {
            _seconds.Add(Stopwatch.GetElapsedTime(_last).TotalSeconds);
            _last = Stopwatch.GetTimestamp();
        }

        public void Report(TrainingProgress value) => Tick();
    }
}
