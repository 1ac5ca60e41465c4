using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Lists a network's parts in the order of its data flow: blocks whole, layers outside of blocks one by one.</summary>
internal sealed class FlowOrder : IGraph<int>
{
    private readonly List<Module<Tensor, Tensor>> _parts = [];

    /// <summary>The parts of a network.</summary>
    public static IReadOnlyList<Module<Tensor, Tensor>> Of(Block network)
    {
        var order = new FlowOrder();
        network.Flow(order, 0);
        return order._parts;
    }

    /// <summary>
    /// Whether a network's last layer reads averages over the whole map of features. Then its logits are averages, too: of those that it
    /// would give each place of the map.
    /// </summary>
    public static bool EndsInAverage(Block network) => Of(network).Where(part => part is not DropoutLayer).TakeLast(3).ToList() is
        [AdaptiveAvgPool2d { output_size: [1, 1] or [1] }, Flatten _, Linear _];

    public int Apply(Module<Tensor, Tensor> layer, int x)
    {
        if (layer is Sequential chain)
        {
            foreach (var child in chain.children().Cast<Module<Tensor, Tensor>>())
            {
                Apply(child, x);
            }
        }
        else
        {
            _parts.Add(layer);
        }

        return x;
    }

    public int Add(int a, int b) => a;

    public int Multiply(int a, int b) => a;

    public int Concat(params ReadOnlySpan<int> values) => values[0];

    public int PadChannels(int x, int before, int after) => x;
}
