using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainers.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>Trains a network's last layer on the features that the rest of it, frozen, finds once per image and view.</summary>
/// <param name="network">The network, on its device; left in evaluation mode.</param>
/// <param name="backbone">The same network's parts.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="validation">The images to check on after every epoch; may be empty.</param>
/// <param name="recipe">Rates, epochs, views and augmentation.</param>
/// <param name="options">Whom to tell of every step, and what stops it.</param>
/// <param name="logger">Told how fast features were found.</param>
internal sealed class HeadTraining(
    Block network, Backbone backbone, BatchSource training, BatchSource validation, TrainingRecipe recipe,
    ImageClassifierOptions options, ILogger logger)
{
    private const double MeanGradientDecay = 0.9;   // AdamW's first beta: Kingma and Ba 2015

    /// <summary>Finds the features, then runs all epochs and returns what each came to.</summary>
    /// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the head.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run(PhaseProgress progress)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, recipe.HeadViews, recipe, options, logger);
        using var checks = FeatureSet.Find(backbone, validation, views: 1, recipe, options, logger);
        using var tracked = enable_grad();
        using var criterion = CreateLoss();
        using var optimizer = CreateOptimizer();
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        var schedule = new CosineSchedule(
            recipe.HeadLearningRate, MeanGradientDecay, warmupSteps: 0, recipe.HeadEpochs * features.Steps(recipe.BatchSize));
        return progress.Run(
            recipe.HeadEpochs, new WeightsInTraining(backbone.Head, optimizer.Torch, Average: null), noise,
            (epoch, random) => Train(features, criterion, optimizer, schedule, random, noise, epoch), summary => Check(checks, summary));
    }

    /// <summary>Makes one step per rate, as training makes them; the head is of no use afterwards.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public LearningRateSweep Sweep(RateSweep sweep)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, recipe.HeadViews, recipe, options, logger);
        using var tracked = enable_grad();
        using var criterion = CreateLoss();
        using var optimizer = CreateOptimizer();
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        var random = new Random(recipe.Seed);
        return sweep.Run(
            TrainingPhase.Head,
            () => features.Epoch(random, recipe.ClassBalance, recipe.BatchSize),
            (batch, rate) =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                return Step(batch, criterion, optimizer, noise, new StepRates(rate, MeanGradientDecay)).Loss;
            });
    }

    private ClassificationLoss CreateLoss() => new(recipe, training.Labels, training.Device);

    private GroupedOptimizer CreateOptimizer() =>
        new(TrainingOptimizer.AdamW, TrainableParts.HeadOf(network, backbone).Groups(), recipe.HeadWeightDecay, MeanGradientDecay);

    private EpochSummary Train(
        FeatureSet features, ClassificationLoss criterion, GroupedOptimizer optimizer, CosineSchedule schedule, Random random, Generator noise, int epoch)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var steps = features.Steps(recipe.BatchSize);
        var rates = default(StepRates);
        foreach (var batch in features.Epoch(random, recipe.ClassBalance, recipe.BatchSize))
        {
            using var fetched = batch;
            options.CancellationToken.ThrowIfCancellationRequested();

            rates = schedule.At(((epoch - 1) * steps) + step);
            var (loss, right) = Step(batch, criterion, optimizer, noise, rates);

            Divergence.Check(loss, epoch, step + 1, rates.LearningRate, nameof(options.HeadLearningRate));
            losses += loss * batch.Labels.shape[0];
            correct += right;
            seen += batch.Labels.shape[0];
            step++;
            options.Progress?.Report(new TrainingProgress(
                epoch, recipe.HeadEpochs, step, steps, losses / seen, seen / watch.Elapsed.TotalSeconds, TrainingPhase.Head));
        }

        return new EpochSummary
        {
            Epoch = epoch,
            Phase = TrainingPhase.Head,
            LearningRate = rates.LearningRate,
            Loss = losses / seen,
            Accuracy = (double)correct / seen,
            ImagesPerSecond = seen / watch.Elapsed.TotalSeconds,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Forward, backward, step: the loss before the step, and the number of rows that were classified rightly.</summary>
    private (float Loss, long Correct) Step(Batch batch, ClassificationLoss criterion, GroupedOptimizer optimizer, Generator noise, StepRates rates)
    {
        using var scope = NewDisposeScope();
        var logits = backbone.Head.call(NoiseLayer.Drop(batch.Images, backbone.HeadDropout, noise));
        var loss = criterion.Of(logits, batch.Labels);

        optimizer.ZeroGradients();
        loss.backward();

        optimizer.Step(rates);
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
