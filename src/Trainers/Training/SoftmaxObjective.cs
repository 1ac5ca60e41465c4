using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training;

/// <summary>One class per image: cross entropy against smoothed labels; images of rare classes may count more.</summary>
internal sealed class SoftmaxObjective : Objective
{
    private readonly double _labelSmoothing;
    private readonly Tensor? _classWeights;

    /// <summary>Computes the class weights.</summary>
    /// <param name="recipe">Whether classes are weighted.</param>
    /// <param name="labelSmoothing">Probability mass taken from the true class.</param>
    /// <param name="labels">Class of every training image.</param>
    /// <param name="device">The device of the logits.</param>
    public SoftmaxObjective(TrainingRecipe recipe, double labelSmoothing, IReadOnlyList<int> labels, Device device)
    {
        _labelSmoothing = labelSmoothing;
        _classWeights = recipe.ClassBalance == ClassBalance.WeightedLoss
            ? tensor(WeightsOf(labels)).to(device).DetachFromDisposeScope() : null;
    }

    /// <summary>
    /// The weight of each class up to the largest one: inversely proportional to its number of images, with a mean of 1 over all images. A
    /// class without images has weight 0.
    /// </summary>
    public static float[] WeightsOf(IReadOnlyList<int> labels)
    {
        var counts = new int[labels.Max() + 1];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        var shareOfAClass = (float)labels.Count / counts.Count(count => count > 0);
        return Array.ConvertAll(counts, count => count > 0 ? shareOfAClass / count : 0);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Cross entropy, smoothed and weighted or not, is linear in the label. So the loss for mixed labels is the mix of the losses for both.
    /// </remarks>
    public override Tensor Loss(Tensor logits, Batch batch)
    {
        if (batch.OtherLabels is null)
        {
            return Loss(logits, batch.Labels);
        }

        using var scope = NewDisposeScope();
        var mixed = ((1 - batch.OtherShare) * Loss(logits, batch.Labels)) + (batch.OtherShare * Loss(logits, batch.OtherLabels));
        return mixed.MoveToOuterDisposeScope();
    }

    /// <summary>The mean loss of a batch with one label per image, a scalar. The caller owns it.</summary>
    /// <remarks>
    /// Weighted losses are divided by the number of images, not by the sum of their weights, so that a batch of rare classes counts more.
    /// </remarks>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">[N].</param>
    public Tensor Loss(Tensor logits, Tensor labels)
    {
        if (_classWeights is null)
        {
            return functional.cross_entropy(logits, labels, label_smoothing: _labelSmoothing);
        }

        using var scope = NewDisposeScope();
        var losses = functional.cross_entropy(logits, labels, reduction: Reduction.None, label_smoothing: _labelSmoothing);
        return (losses * _classWeights.index_select(0, labels)).mean().MoveToOuterDisposeScope();
    }

    public override Tensor ValidationLoss(Tensor logits, Tensor labels) =>
        functional.cross_entropy(logits, labels, reduction: Reduction.Sum);

    public override Tensor Correct(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return logits.argmax(1).eq(labels).sum().MoveToOuterDisposeScope();
    }

    public override void Dispose() => _classWeights?.Dispose();
}
