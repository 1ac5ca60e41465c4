using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>A network that learns from images, as a whole or only in its last blocks.</summary>
/// <param name="network">The network, on its device. Its auxiliary classifiers learn, too.</param>
/// <param name="trained">Which of its weights learn.</param>
/// <param name="graph">Runs the network.</param>
internal sealed class NetworkLearner(Block network, TrainableParts trained, EagerGraph graph) : Learner(network, trained)
{
    public override void DrawNoiseFrom(Noise noise) => DropoutLayer.DrawFrom(noise, network);

    public override void Train() => Trained.Train();

    public override void Evaluate() => network.eval();

    public override Outputs Forward(Tensor inputs)
    {
        if (network is IAuxiliaryClassifiers classifiers)
        {
            var logits = classifiers.Classify(graph, inputs, out var auxiliaryLogits);
            return new Outputs(logits, auxiliaryLogits, classifiers.AuxiliaryLossWeight);
        }

        return new Outputs(graph.Apply(network, inputs), [], 0);
    }

    public override Tensor Logits(Tensor inputs) => graph.Apply(network, inputs);
}
