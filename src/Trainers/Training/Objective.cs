using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>What a network is trained for: a loss from logits and labels, and which answers count as right.</summary>
internal abstract class Objective : IDisposable
{
    /// <summary>The objective of a recipe.</summary>
    /// <param name="recipe">Smoothing, and whether classes are weighted.</param>
    /// <param name="labels">Class of every training image.</param>
    /// <param name="device">Where the logits will be.</param>
    public static Objective Of(TrainingRecipe recipe, IReadOnlyList<int> labels, Device device) =>
        new SoftmaxObjective(recipe, labels, device);

    /// <summary>The mean loss of a batch in training, a scalar; auxiliary classifiers' losses are added. The caller owns it.</summary>
    public Tensor Loss(Outputs outputs, Batch batch)
    {
        using var scope = NewDisposeScope();
        return outputs.AuxiliaryLogits
            .Aggregate(Loss(outputs.Logits, batch), (sum, logits) => sum + (outputs.AuxiliaryLossWeight * Loss(logits, batch)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>The mean loss of a batch in training, a scalar. The caller owns it.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="batch">Its labels, mixed where its images are.</param>
    public abstract Tensor Loss(Tensor logits, Batch batch);

    /// <summary>The summed loss of images that are checked on, a scalar: without what only helps to train. The caller owns it.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">[N].</param>
    public abstract Tensor ValidationLoss(Tensor logits, Tensor labels);

    /// <summary>Number of images that are classified rightly.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="labels">[N].</param>
    public abstract long Correct(Tensor logits, Tensor labels);

    public abstract void Dispose();
}
