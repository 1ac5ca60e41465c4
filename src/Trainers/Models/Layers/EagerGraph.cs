using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Models;

/// <summary>Runs a block's flow on tensors at once.</summary>
internal sealed class EagerGraph : IGraph<Tensor>
{
    public static readonly EagerGraph Instance = new();

    private EagerGraph()
    {
    }

    public Tensor Apply(Module<Tensor, Tensor> layer, Tensor x) => layer.call(x);

    public Tensor Add(Tensor a, Tensor b) => a + b;

    public Tensor Multiply(Tensor a, Tensor b) => a * b;

    public Tensor Concat(params ReadOnlySpan<Tensor> values) => cat(values.ToArray(), dim: 1);

    // functional.pad names the last dimension first: width, height, channels.
    public Tensor PadChannels(Tensor x, int before, int after) => functional.pad(x, [0, 0, 0, 0, before, after]);
}
