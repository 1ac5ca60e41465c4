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
/// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the head.</param>
/// <param name="logger">Told how fast features were found.</param>
internal sealed class HeadTraining(
    Block network, Backbone backbone, BatchSource training, BatchSource validation, TrainingRecipe recipe,
    ImageClassifierOptions options, PhaseProgress progress, ILogger logger)
{
    private const double MeanGradientDecay = 0.9;   // AdamW's first beta: Kingma and Ba 2015

    /// <summary>Finds the features, then runs all epochs and returns what each came to.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run()
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, recipe.HeadViews, recipe, options, logger);
        using var checks = FeatureSet.Find(backbone, validation, views: 1, recipe, options, logger);
        using var tracked = enable_grad();
        using var criterion = new ClassificationLoss(recipe, training.Labels, training.Device);
        using var optimizer = new ScheduledOptimizer(
            TrainingOptimizer.AdamW, TrainableParts.HeadOf(network, backbone).Groups(), recipe.HeadWeightDecay,
            new CosineSchedule(recipe.HeadLearningRate, MeanGradientDecay, warmupSteps: 0, recipe.HeadEpochs * features.Steps(recipe.BatchSize)));
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        return progress.Run(
            recipe.HeadEpochs, new WeightsInTraining(backbone.Head, optimizer.Torch, Average: null), noise,
            (epoch, random) => Train(features, criterion, optimizer, random, noise, epoch), summary => Check(checks, summary));
    }

    private EpochSummary Train(
        FeatureSet features, ClassificationLoss criterion, ScheduledOptimizer optimizer, Random random, Generator noise, int epoch)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var steps = features.Steps(recipe.BatchSize);
        var rate = 0.0;
        foreach (var batch in features.Epoch(random, recipe.ClassBalance, recipe.BatchSize))
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            options.CancellationToken.ThrowIfCancellationRequested();

            var logits = backbone.Head.call(NoiseLayer.Drop(batch.Images, backbone.HeadDropout, noise));
            var loss = criterion.Of(logits, batch.Labels);

            optimizer.ZeroGradients();
            loss.backward();
            rate = optimizer.Step(((epoch - 1) * steps) + step);

            losses += loss.item<float>() * batch.Labels.shape[0];
            correct += logits.argmax(1).eq(batch.Labels).sum().item<long>();
            seen += batch.Labels.shape[0];
            step++;
            options.Progress?.Report(new TrainingProgress(
                epoch, recipe.HeadEpochs, step, steps, losses / seen, seen / watch.Elapsed.TotalSeconds, TrainingPhase.Head));
        }

        return new EpochSummary
        {
            Epoch = epoch,
            Phase = TrainingPhase.Head,
            LearningRate = rate,
            Loss = losses / seen,
            Accuracy = (double)correct / seen,
            ImagesPerSecond = seen / watch.Elapsed.TotalSeconds,
        };
    }

    private EpochSummary Check(FeatureSet checks, EpochSummary summary)
    {
        if (checks.Count == 0)
        {
            return summary;
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var logits = backbone.Head.call(checks.Features);
        return summary with
        {
            ValidationLoss = functional.cross_entropy(logits, checks.Labels).item<float>(),
            ValidationAccuracy = (double)logits.argmax(1).eq(checks.Labels).sum().item<long>() / checks.Count,
        };
    }
}
