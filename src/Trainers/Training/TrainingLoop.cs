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
/// <param name="graph">Runs the network's flow.</param>
/// <param name="recipe">Rates, epochs and augmentation.</param>
/// <param name="options">Whom to tell of every step, and what stops it.</param>
internal sealed class TrainingLoop(
    Block network, TrainableParts parts, TrainingPhase phase, BatchSource training, BatchSource validation, EagerGraph graph,
    TrainingRecipe recipe, ImageClassifierOptions options)
{
    private const int StepsBetweenCollections = 8;

    /// <summary>Runs all epochs and returns what each came to.</summary>
    /// <param name="progress">Runs the epochs, saves them, and ends with the best one's weights in the network.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run(PhaseProgress progress)
    {
        using var tracked = enable_grad();
        using var gradients = parts.TakeGradients();
        using var criterion = CreateLoss();
        using var optimizer = CreateOptimizer();
        using var average = WeightAverage.Of(network, recipe);
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        NoiseLayer.Seed(network, noise);
        var schedule = LearningRateSchedule.Of(recipe, training.Steps);
        var history = progress.Run(
            recipe.Epochs, new WeightsInTraining(network, optimizer.Torch, average), noise,
            (epoch, random) => Train(epoch, criterion, optimizer, schedule, average, random), Validate);
        network.eval();
        return history;
    }

    /// <summary>Makes one step per rate, as training makes them; the weights are of no use afterwards.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public LearningRateSweep Sweep(RateSweep sweep)
    {
        using var tracked = enable_grad();
        using var gradients = parts.TakeGradients();
        using var criterion = CreateLoss();
        using var optimizer = CreateOptimizer();
        using var noise = new Generator((ulong)recipe.Seed, training.Device);
        NoiseLayer.Seed(network, noise);
        var random = new Random(recipe.Seed);
        parts.Train();
        return sweep.Run(
            phase,
            () => training.Epoch(random, recipe.Augmentation),
            (batch, rate) =>
            {
                options.CancellationToken.ThrowIfCancellationRequested();
                RunFinalizers(sweep.Steps.Count);
                return Step(batch, criterion, optimizer, new StepRates(rate, recipe.Momentum)).Loss;
            });
    }

    private ClassificationLoss CreateLoss() => new(recipe, training.Labels, training.Device);

    private GroupedOptimizer CreateOptimizer() => new(recipe.Optimizer, parts.Groups(), recipe.WeightDecay, recipe.Momentum);

    private EpochSummary Train(
        int epoch, ClassificationLoss criterion, GroupedOptimizer optimizer, LearningRateSchedule schedule, WeightAverage? average, Random random)
    {
        var (watch, losses, correct, seen, step) = (Stopwatch.StartNew(), 0.0, 0L, 0L, 0);
        var rates = default(StepRates);
        parts.Train();
        foreach (var batch in training.Epoch(random, recipe.Augmentation))
        {
            using var fetched = batch;
            options.CancellationToken.ThrowIfCancellationRequested();

            var stepOfAll = ((epoch - 1) * training.Steps) + step;
            rates = schedule.At(stepOfAll);
            var (loss, right) = Step(batch, criterion, optimizer, rates);
            average?.Update(stepOfAll);

            Divergence.Check(loss, epoch, step + 1, rates.LearningRate, nameof(options.LearningRate));
            losses += loss * batch.Labels.shape[0];
            correct += right;
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
            LearningRate = rates.LearningRate,
            Loss = losses / seen,
            Accuracy = (double)correct / seen,
            ImagesPerSecond = seen / watch.Elapsed.TotalSeconds,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Forward, backward, clip, step: the loss before the step, and the number of images that were classified rightly.</summary>
    private (float Loss, long Correct) Step(Batch batch, ClassificationLoss criterion, GroupedOptimizer optimizer, StepRates rates)
    {
        using var scope = NewDisposeScope();
        var logits = Classify(batch.Images, out var auxiliaryLogits);
        var loss = Loss(criterion, logits, auxiliaryLogits, batch);

        optimizer.ZeroGradients();
        loss.backward();

        optimizer.ClipGradients(recipe.MaxGradientNorm);
        optimizer.Step(rates);
        return (loss.item<float>(), Correct(logits, batch.Labels));
    }

    private EpochSummary Validate(EpochSummary summary)
    {
        if (validation.Count == 0)
        {
            return summary;
        }

        using var untracked = no_grad();
        var (watch, losses, correct) = (Stopwatch.StartNew(), 0.0, 0L);
        network.eval();
        foreach (var batch in validation.InOrder())
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            options.CancellationToken.ThrowIfCancellationRequested();
            var logits = graph.Apply(network, batch.Images);
            losses += functional.cross_entropy(logits, batch.Labels, reduction: Reduction.Sum).item<float>();
            correct += Correct(logits, batch.Labels);
        }

        return summary with
        {
            ValidationLoss = losses / validation.Count,
            ValidationAccuracy = (double)correct / validation.Count,
            ValidationSeconds = watch.Elapsed.TotalSeconds,
        };
    }

    private Tensor Classify(Tensor images, out IReadOnlyList<Tensor> auxiliaryLogits)
    {
        if (network is IAuxiliaryClassifiers classifiers)
        {
            return classifiers.Classify(graph, images, out auxiliaryLogits);
        }

        auxiliaryLogits = [];
        return graph.Apply(network, images);
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

    private static long Correct(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).sum().item<long>();
}
