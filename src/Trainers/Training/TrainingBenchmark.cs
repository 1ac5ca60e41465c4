using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using Trainers.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>Times the real training loop on synthetic images, and beside it nothing but forward, backward and step on one batch.</summary>
/// <remarks>Both take turns on the same network, so that a machine that slows down slows both. What is trained is thrown away.</remarks>
/// <param name="architecture">The network, with 1000 classes.</param>
/// <param name="options">Batch size, device, precision and all else that the loop obeys.</param>
/// <param name="logger">Told how the training computes.</param>
internal sealed class TrainingBenchmark(ImageModel architecture, ImageClassifierOptions options, ILogger logger)
{
    private const int Classes = 1000;
    private const int ImageSize = 224;
    private const int Rounds = 3;

    /// <summary>One epoch as a training has it, with gradient descent, as the figures of other libraries are.</summary>
    private TrainingRecipe Recipe => TrainingRecipe.Of(
        options with { Epochs = 1, Optimizer = options.Optimizer ?? TrainingOptimizer.Sgd }, architecture, FineTuning.None);

    /// <summary>Runs and times that many steps of each, after a first one of each round that is not counted.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public TrainingBenchmarkResult Run(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        options.Validate();
        var device = TrainingDevice.Choose(options.Device);
        using var compute = ComputeSettings.Begin(options, device, logger);
        using var start = Weights.StartingPoint.Open(architecture, weights: null, logger, progress: null, options.CancellationToken);
        using var network = start.BuildForTraining(Classes, options.Seed);
        network.to(device);

        var rounds = Math.Min(Rounds, steps);
        var (loop, bare) = (new Timing(), new Timing());
        for (var round = 0; round < rounds; round++)
        {
            var counted = (steps / rounds) + (round < steps % rounds ? 1 : 0);
            using var pixels = SyntheticImages((counted + 1) * options.BatchSize);
            var batches = new BatchSource(
                new PixelSet(pixels, [.. Enumerable.Range(0, pixels.Count)], [.. Enumerable.Range(0, pixels.Count).Select(i => i % Classes)]),
                options.BatchSize, new Preprocessing(ImageSize, ImageSize, Normalization.ImageNet), device, options.ChannelsLast);
            TimeLoop(network, batches, compute.Graph, loop);
            TimeBare(network, batches, compute.Graph, counted, bare);
        }

        using var process = Process.GetCurrentProcess();
        return new TrainingBenchmarkResult(
            options.BatchSize / loop.SecondsPerStep, options.BatchSize / bare.SecondsPerStep, process.PeakWorkingSet64 / 1e6);
    }

    private void TimeLoop(Block network, BatchSource batches, EagerGraph graph, Timing timing)
    {
        timing.Pause();
        var timed = options with { Progress = timing };
        var none = new BatchSource(new PixelSet(ImageSize, [], []), options.BatchSize, new Preprocessing(ImageSize, ImageSize, Normalization.ImageNet), batches.Device);
        new TrainingPhases(network, architecture, batches, none, graph, Recipe, timed, checkpoint: null, NullLogger.Instance).Run();
    }

    /// <summary>The least that a training must do.</summary>
    private void TimeBare(Block network, BatchSource batches, EagerGraph graph, int steps, Timing timing)
    {
        timing.Pause();
        using var batch = batches.InOrder().First();
        var recipe = Recipe;
        using var optimizer = new GroupedOptimizer(recipe.Optimizer, TrainableParts.All(network).Groups(), recipe.WeightDecay, recipe.Momentum);
        network.train();
        for (var step = 0; step <= steps; step++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = functional.cross_entropy(graph.Apply(network, batch.Images), batch.Labels);
            optimizer.ZeroGradients();
            loss.backward();
            optimizer.Step(new StepRates(recipe.LearningRate, recipe.Momentum));
            _ = loss.item<float>();    // waits for the GPU
            timing.Tick();
        }
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

    /// <summary>Adds up the time from each step's end to the next one's.</summary>
    private sealed class Timing : IProgress<TrainingProgress>
    {
        private long _last;
        private double _seconds;
        private int _steps;

        public double SecondsPerStep => _seconds / _steps;

        /// <summary>The next step is not counted.</summary>
        public void Pause() => _last = 0;

        public void Tick()
        {
            if (_last != 0)
            {
                _seconds += Stopwatch.GetElapsedTime(_last).TotalSeconds;
                _steps++;
            }

            _last = Stopwatch.GetTimestamp();
        }

        public void Report(TrainingProgress value) => Tick();
    }
}
