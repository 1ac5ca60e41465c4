using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training.Optimizers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training;

/// <summary>What a phase trains: how a batch's inputs become logits, and which weights learn.</summary>
/// <param name="part">The module whose weights are saved, averaged and restored: the network, or its last layer.</param>
/// <param name="trained">Which of the network's weights learn.</param>
internal abstract class Learner(Module part, TrainableParts trained)
{
    /// <summary>The module whose weights are saved, averaged and restored.</summary>
    public Module Part => part;

    /// <summary>Which weights learn.</summary>
    public TrainableParts Trained => trained;

    /// <summary>Lays the weights side by side until the result is disposed; gradients must already be asked for or not.</summary>
    public virtual FlatWeights Flatten() => new(part, trained.Groups());

    /// <summary>Sets the source of dropout, which must exist as long as the training.</summary>
    public abstract void DrawNoiseFrom(Noise noise);

    /// <summary>Prepares for an epoch of training.</summary>
    public abstract void Train();

    /// <summary>Prepares for scoring.</summary>
    public abstract void Evaluate();

    /// <summary>Runs a batch's inputs in training mode; the results belong to the current dispose scope.</summary>
    public abstract Outputs Forward(Tensor inputs);

    /// <summary>Runs a batch's inputs in scoring mode: [N, classes], which belong to the current dispose scope.</summary>
    public abstract Tensor Logits(Tensor inputs);
}
