using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training;

/// <summary>What a phase trains: the way from a batch's inputs to logits, and the weights that learn.</summary>
/// <param name="part">The module whose weights are saved, averaged and put back: the network, or its last layer.</param>
/// <param name="trained">Which of the network's weights learn.</param>
internal abstract class Learner(Module part, TrainableParts trained)
{
    /// <summary>The module whose weights are saved, averaged and put back.</summary>
    public Module Part => part;

    /// <summary>Which weights learn.</summary>
    public TrainableParts Trained => trained;

    /// <summary>Has dropout draw from a generator, which must live as long as the training.</summary>
    public abstract void DrawNoiseFrom(Generator noise);

    /// <summary>Gets ready for an epoch of training.</summary>
    public abstract void Train();

    /// <summary>Gets ready to score.</summary>
    public abstract void Evaluate();

    /// <summary>Runs a batch's inputs as in training; what comes out belongs to the dispose scope at hand.</summary>
    public abstract Outputs Forward(Tensor inputs);

    /// <summary>Runs a batch's inputs as in scoring: [N, classes]; they belong to the dispose scope at hand.</summary>
    public abstract Tensor Logits(Tensor inputs);
}
