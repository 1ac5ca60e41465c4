using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Runs a network on tensors up to its last layer: the result is what that layer would get.</summary>
/// <param name="head">The last layer.</param>
/// <param name="eager">Runs what comes before.</param>
internal sealed class FeatureGraph(Module head, EagerGraph eager) : IGraph<Tensor>
{
    public Tensor Apply(Module<Tensor, Tensor> layer, Tensor x)
    {
        if (layer == head)
        {
            return x;
        }

        // Only a chain that ends in the head is taken apart; the others release what lies between by themselves.
        return layer is Sequential chain && chain.children().Contains(head)
            ? chain.children().Cast<Module<Tensor, Tensor>>().Aggregate(x, (value, child) => Apply(child, value))
            : eager.Apply(layer, x);
    }

    public Tensor Add(Tensor a, Tensor b) => eager.Add(a, b);

    public Tensor Multiply(Tensor a, Tensor b) => eager.Multiply(a, b);

    public Tensor Concat(params ReadOnlySpan<Tensor> values) => eager.Concat(values);

    public Tensor PadChannels(Tensor x, int before, int after) => eager.PadChannels(x, before, after);
}
