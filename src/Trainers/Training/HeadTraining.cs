using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TorchSharp.Modules;
using Trainers.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>Trains a network's last layer on the features that the rest of it, frozen, finds once per image and view.</summary>
/// <param name="network">The network, on its device; left in evaluation mode.</param>
/// <param name="backbone">The same network's parts.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="validation">The images to check on after every epoch; may be empty.</param>
/// <param name="options">Rates, epochs, views and augmentation.</param>
/// <param name="logger">Told how fast features were found.</param>
internal sealed class HeadTraining(
    Block network, Backbone backbone, BatchSource training, BatchSource validation, ImageClassifierOptions options, ILogger logger)
{
    /// <summary>Finds the features, then runs all epochs and returns what each came to.</summary>
    /// <param name="epochs">Times that every feature is seen.</param>
    /// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the head.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run(int epochs, PhaseProgress progress)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, options.HeadViews, options, logger);
        using var checks = FeatureSet.Find(backbone, validation, views: 1, options, logger);
        using var tracked = enable_grad();
        using var optimizer = CreateOptimizer();
        var steps = features.Steps(options.BatchSize);
        var schedule = new LearningRateSchedule(options.HeadLearningRate, warmupSteps: 0, epochs * steps);
        using var noise = new Generator((ulong)options.Seed, training.Device);
        return progress.Run(
            epochs, backbone.Head, optimizer, noise,
            (epoch, random) => Check(checks, Train(features, optimizer, schedule, random, noise, epoch, epochs)));
    }

    /// <summary>Makes one step per rate, as training makes them; the head is of no use afterwards.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public LearningRateSweep Sweep(RateSweep sweep)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, options.HeadViews, options, logger);
        using var tracked = enable_grad();
        using var optimizer = CreateOptimizer();
        using var noise = new Generator((ulong)options.Seed, training.Device);
        var random = new Random(options.Seed);
        return sweep.Run(
            TrainingPhase.Head,
            () => features.Epoch(random, options.BatchSize),
            (batch, rate) =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                return Step(batch, optimizer, noise, rate).Loss;
            });
    }

    private AdamW CreateOptimizer() => optim.AdamW(backbone.Head.parameters(), options.HeadLearningRate, weight_decay: options.HeadWeightDecay);

    private EpochSummary Train(
        FeatureSet features, optim.Optimizer optimizer, LearningRateSchedule schedule, Random random, Generator noise, int epoch, int epochs)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var steps = features.Steps(options.BatchSize);
        var rate = 0.0;
        foreach (var batch in features.Epoch(random, options.BatchSize))
        {
            using var fetched = batch;
            options.CancellationToken.ThrowIfCancellationRequested();

            rate = schedule.At(((epoch - 1) * steps) + step);
            var (loss, right) = Step(batch, optimizer, noise, rate);

            Divergence.Check(loss, epoch, step + 1, rate, nameof(options.HeadLearningRate));
            losses += loss * batch.Labels.shape[0];
            correct += right;
            seen += batch.Labels.shape[0];
            step++;
            options.Progress?.Report(new TrainingProgress(
                epoch, epochs, step, steps, losses / seen, seen / watch.Elapsed.TotalSeconds, TrainingPhase.Head));
        }

        return new EpochSummary
        {
            Epoch = epoch,
            Phase = TrainingPhase.Head,
            LearningRate = rate,
            Loss = losses / seen,
            Accuracy = (double)correct / seen,
            ImagesPerSecond = seen / watch.Elapsed.TotalSeconds,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Forward, backward, step: the loss before the step, and the number of rows that were classified rightly.</summary>
    private (float Loss, long Correct) Step(Batch batch, optim.Optimizer optimizer, Generator noise, double rate)
    {
        using var scope = NewDisposeScope();
        var logits = backbone.Head.call(NoiseLayer.Drop(batch.Images, backbone.HeadDropout, noise));
        var loss = functional.cross_entropy(logits, batch.Labels, label_smoothing: options.LabelSmoothing);

        optimizer.zero_grad();
        loss.backward();

        optimizer.ParamGroups.Single().LearningRate = rate;
        optimizer.step();
        return (loss.item<float>(), logits.argmax(1).eq(batch.Labels).sum().item<long>());
    }

    private EpochSummary Check(FeatureSet checks, EpochSummary summary)
    {
        if (checks.Count == 0)
        {
            return summary;
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var watch = Stopwatch.StartNew();
        var logits = backbone.Head.call(checks.Features);
        return summary with
        {
            ValidationLoss = functional.cross_entropy(logits, checks.Labels).item<float>(),
            ValidationAccuracy = (double)logits.argmax(1).eq(checks.Labels).sum().item<long>() / checks.Count,
            ValidationSeconds = watch.Elapsed.TotalSeconds,
        };
    }
}
