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
/// <param name="options">Rates, epochs, views and augmentation.</param>
/// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the head.</param>
/// <param name="logger">Told how fast features were found.</param>
internal sealed class HeadTraining(
    Block network, Backbone backbone, BatchSource training, BatchSource validation, ImageClassifierOptions options,
    PhaseProgress progress, ILogger logger)
{
    /// <summary>Finds the features, then runs all epochs and returns what each came to.</summary>
    /// <param name="epochs">Times that every feature is seen.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run(int epochs)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, options.HeadViews, options, logger);
        using var checks = FeatureSet.Find(backbone, validation, views: 1, options, logger);
        using var tracked = enable_grad();
        using var optimizer = optim.AdamW(backbone.Head.parameters(), options.HeadLearningRate, weight_decay: options.HeadWeightDecay);
        var steps = features.Steps(options.BatchSize);
        var schedule = new LearningRateSchedule(options.HeadLearningRate, warmupSteps: 0, epochs * steps);
        using var noise = new Generator((ulong)options.Seed, training.Device);
        return progress.Run(
            epochs, backbone.Head, optimizer, noise,
            (epoch, random) => Check(checks, Train(features, optimizer, schedule, random, noise, epoch, epochs)));
    }

    private EpochSummary Train(
        FeatureSet features, optim.Optimizer optimizer, LearningRateSchedule schedule, Random random, Generator noise, int epoch, int epochs)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var steps = features.Steps(options.BatchSize);
        var rate = 0.0;
        foreach (var batch in features.Epoch(random, options.BatchSize))
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            options.CancellationToken.ThrowIfCancellationRequested();

            var logits = backbone.Head.call(NoiseLayer.Drop(batch.Images, backbone.HeadDropout, noise));
            var loss = functional.cross_entropy(logits, batch.Labels, label_smoothing: options.LabelSmoothing);

            optimizer.zero_grad();
            loss.backward();

            rate = schedule.At(((epoch - 1) * steps) + step);
            optimizer.ParamGroups.Single().LearningRate = rate;
            optimizer.step();

            losses += loss.item<float>() * batch.Labels.shape[0];
            correct += logits.argmax(1).eq(batch.Labels).sum().item<long>();
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
