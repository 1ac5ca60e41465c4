using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>What a network is trained for: a loss from logits and labels, and which answers count as correct.</summary>
internal abstract class Objective : IDisposable
{
    /// <summary>The objective for a recipe.</summary>
    /// <param name="recipe">Whether classes are weighted.</param>
    /// <param name="labelSmoothing">Probability mass taken from the true class.</param>
    /// <param name="labels">Class of every training image.</param>
    /// <param name="device">The device of the logits.</param>
    public static Objective Of(TrainingRecipe recipe, double labelSmoothing, IReadOnlyList<int> labels, Device device) =>
        new SoftmaxObjective(recipe, labelSmoothing, labels, device);

    /// <summary>The mean training loss of a batch, a scalar, including the auxiliary classifiers' losses. The caller owns it.</summary>
    public Tensor Loss(Outputs outputs, Batch batch)
    {
        using var scope = NewDisposeScope();
        return outputs.AuxiliaryLogits
            .Aggregate(Loss(outputs.Logits, batch), (sum, logits) => sum + (outputs.AuxiliaryLossWeight * Loss(logits, batch)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>The mean training loss of a batch, a scalar. The caller owns it.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="batch">The batch with its labels, which are mixed if its images are.</param>
    public abstract Tensor Loss(Tensor logits, Batch batch);

    /// <summary>The summed loss of validation images, a scalar, without terms that only help training. The caller owns it.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">[N].</param>
    public abstract Tensor ValidationLoss(Tensor logits, Tensor labels);

    /// <summary>Number of images that are classified correctly, a scalar. The caller owns it.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">[N].</param>
    public abstract Tensor Correct(Tensor logits, Tensor labels);

    public abstract void Dispose();
}
