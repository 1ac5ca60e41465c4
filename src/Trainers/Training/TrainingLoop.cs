using System.Diagnostics;
using Trainers.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>Trains a network: fetch a batch, forward, backward, step.</summary>
/// <param name="network">The network, on its device; left in evaluation mode. Its auxiliary classifiers' losses are added.</param>
/// <param name="parts">What of it is trained.</param>
/// <param name="phase">What this training is called.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="validation">The images to check on after every epoch; may be empty.</param>
/// <param name="recipe">Rates, epochs and augmentation.</param>
/// <param name="options">Whom to tell of every step, and what stops it.</param>
/// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the network.</param>
internal sealed class TrainingLoop(
    Block network, TrainableParts parts, TrainingPhase phase, BatchSource training, BatchSource validation, TrainingRecipe recipe,
    ImageClassifierOptions options, PhaseProgress progress)
{
    private const int StepsBetweenCollections = 8;

    /// <summary>Runs all epochs and returns what each came to.</summary>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run()
    {
        using var tracked = enable_grad();
        using var gradients = parts.TakeGradients();
        using var criterion = new ClassificationLoss(recipe, training.Labels, training.Device);
        using var optimizer = new ScheduledOptimizer(
            recipe.Optimizer, parts.Groups(), recipe.WeightDecay, LearningRateSchedule.Of(recipe, training.Steps));
        using var average = WeightAverage.Of(network, recipe);
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        NoiseLayer.Seed(network, noise);
        var history = progress.Run(
            recipe.Epochs, new WeightsInTraining(network, optimizer.Torch, average), noise,
            (epoch, random) => Train(epoch, criterion, optimizer, average, random), Validate);
        network.eval();
        return history;
    }

    private EpochSummary Train(int epoch, ClassificationLoss criterion, ScheduledOptimizer optimizer, WeightAverage? average, Random random)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var rate = 0.0;
        parts.Train();
        foreach (var batch in training.Epoch(random, recipe.Augmentation))
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            options.CancellationToken.ThrowIfCancellationRequested();

            var logits = Classify(batch.Images, out var auxiliaryLogits);
            var loss = Loss(criterion, logits, auxiliaryLogits, batch);

            optimizer.ZeroGradients();
            loss.backward();

            var stepOfAll = ((epoch - 1) * training.Steps) + step;
            optimizer.ClipGradients(recipe.MaxGradientNorm);
            rate = optimizer.Step(stepOfAll);
            average?.Update(stepOfAll);

            losses += Finite(loss.item<float>(), epoch, step, rate) * batch.Labels.shape[0];
            correct += Correct(logits, batch.Labels);
            seen += batch.Labels.shape[0];
            step++;
            RunFinalizers(step);
            options.Progress?.Report(new TrainingProgress(
                epoch, recipe.Epochs, step, training.Steps, losses / seen, seen / watch.Elapsed.TotalSeconds, phase));
        }

        return new EpochSummary
        {
            Epoch = epoch,
            Phase = phase,
            LearningRate = rate,
            Loss = losses / seen,
            Accuracy = (double)correct / seen,
            ImagesPerSecond = seen / watch.Elapsed.TotalSeconds,
        };
    }

    private EpochSummary Validate(EpochSummary summary)
    {
        if (validation.Count == 0)
        {
            return summary;
        }

        using var untracked = no_grad();
        var (losses, correct) = (0.0, 0L);
        network.eval();
        foreach (var batch in validation.InOrder())
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            options.CancellationToken.ThrowIfCancellationRequested();
            var logits = network.call(batch.Images);
            losses += functional.cross_entropy(logits, batch.Labels, reduction: Reduction.Sum).item<float>();
            correct += Correct(logits, batch.Labels);
        }

        return summary with { ValidationLoss = losses / validation.Count, ValidationAccuracy = (double)correct / validation.Count };
    }

    private Tensor Classify(Tensor images, out IReadOnlyList<Tensor> auxiliaryLogits)
    {
        if (network is IAuxiliaryClassifiers classifiers)
        {
            return classifiers.Classify(images, out auxiliaryLogits);
        }

        auxiliaryLogits = [];
        return network.call(images);
    }

    private Tensor Loss(ClassificationLoss criterion, Tensor logits, IReadOnlyList<Tensor> auxiliaryLogits, Batch batch)
    {
        var auxiliaryWeight = (network as IAuxiliaryClassifiers)?.AuxiliaryLossWeight ?? 0;
        return auxiliaryLogits.Aggregate(criterion.Of(logits, batch), (sum, scores) => sum + (auxiliaryWeight * criterion.Of(scores, batch)));
    }

    /// <summary>Has the finalizers free what TorchSharp leaves to them in every step.</summary>
    /// <remarks>
    /// Measured on ResNet-18 at 64×64: without this the process grows by several megabytes a step although the number of live
    /// tensors stays the same; with it, or with a fixed glibc mmap threshold at half the speed, it stays flat. The likely cause is
    /// small native objects, such as the optimizer's scalars, that lie among freed activations and keep the C heap from joining
    /// the gaps; the collector, seeing few managed bytes, does not come by itself.
    /// </remarks>
    private static void RunFinalizers(int step)
    {
        if (step % StepsBetweenCollections == 0)
        {
            GC.Collect(generation: 1, GCCollectionMode.Forced, blocking: true);
        }
    }

    private static double Finite(float loss, int epoch, int step, double rate) => float.IsFinite(loss)
        ? loss
        : throw new TrainingDivergedException(
            $"The loss became {loss} in epoch {epoch}, step {step + 1}, at learning rate {rate:0.######}: try a smaller LearningRate.");

    private static long Correct(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).sum().item<long>();
}
