using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>A network's last layer, which learns from the features that the rest of the network computes.</summary>
/// <param name="network">The network.</param>
/// <param name="backbone">The same network's parts.</param>
internal sealed class HeadLearner(Block network, Backbone backbone) : Learner(backbone.Head, TrainableParts.HeadOf(network, backbone))
{
    private Noise? _noise;

    public override void DrawNoiseFrom(Noise noise) => _noise = noise;

    public override void Train()
    {
        // A linear layer computes the same in both modes.
    }

    public override void Evaluate()
    {
    }

    public override Outputs Forward(Tensor inputs) =>
        new(backbone.Head.call(DropoutLayer.Drop(inputs, backbone.HeadDropout, _noise!)), [], 0);

    public override Tensor Logits(Tensor inputs) => backbone.Head.call(inputs);
}
