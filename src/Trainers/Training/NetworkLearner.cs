using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>A network that learns from images, as a whole or only in its last blocks.</summary>
/// <param name="network">The network, on its device. Its auxiliary classifiers learn, too.</param>
/// <param name="trained">Which of its weights learn.</param>
/// <param name="graph">Runs the network.</param>
/// <param name="isChannelsLast">Whether images have their channels last in memory.</param>
internal sealed class NetworkLearner(Block network, TrainableParts trained, EagerGraph graph, bool isChannelsLast)
    : Learner(network, trained)
{
    private EagerGraph _graph = graph;

    /// <inheritdoc/>
    /// <remarks>
    /// A GPU convolves images with channels last by weights that have them last, too, and would turn others round in every step. A CPU
    /// packs weights in a form of its own in any case.
    /// </remarks>
    public override FlatWeights Flatten()
    {
        var isOnGpu = network.parameters().First().device_type == DeviceType.CUDA;
        var weights = new FlatWeights(Part, Trained.Groups(), _graph.WeightsInBFloat16(network), isChannelsLast && isOnGpu);
        _graph = _graph.With(weights.Halves);
        return weights;
    }

    public override void DrawNoiseFrom(Noise noise) => DropoutLayer.DrawFrom(noise, network);

    public override void Train() => Trained.Train();

    public override void Evaluate() => network.eval();

    public override Outputs Forward(Tensor inputs)
    {
        if (network is IAuxiliaryClassifiers classifiers)
        {
            var logits = classifiers.Classify(_graph, inputs, out var auxiliaryLogits);
            return new Outputs(logits, auxiliaryLogits, classifiers.AuxiliaryLossWeight);
        }

        return new Outputs(_graph.Apply(network, inputs), [], 0);
    }

    public override Tensor Logits(Tensor inputs) => _graph.Apply(network, inputs);
}
