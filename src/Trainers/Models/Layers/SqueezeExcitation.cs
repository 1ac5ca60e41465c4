using TorchSharp.Modules;
using static MLVision.Trainers.Models.Layers.MetaLayers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Rescales channels by a gate learned from their global averages.</summary>
/// <remarks>
/// Shape: [N, C, H, W] → [N, C, H, W]. Source: Hu et al. 2018, §3, arXiv:1709.01507.
/// Differs from the paper: 1×1 convolutions replace linear layers (same mathematics).
/// </remarks>
internal sealed class SqueezeExcitation : Block
{
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
    private readonly Conv2d fc1;
    private readonly Module<Tensor, Tensor> activation;
    private readonly Conv2d fc2;
    private readonly Sigmoid gate = Sigmoid();

    /// <summary>The paper's gate: ReLU inside, C / 16 channels.</summary>
    public SqueezeExcitation(int channels)
        : this(channels, channels / 16, ReLU())
    {
    }

    /// <summary>A gate of another width and activation.</summary>
    /// <param name="channels">Channels that are rescaled.</param>
    /// <param name="squeezed">Channels inside the gate.</param>
    /// <param name="activation">What follows the first convolution.</param>
    public SqueezeExcitation(int channels, int squeezed, Module<Tensor, Tensor> activation)
        : base(nameof(SqueezeExcitation))
    {
        fc1 = BiasedConvolution(channels, squeezed, 1);
        this.activation = activation;
        fc2 = BiasedConvolution(squeezed, channels, 1);
        RegisterComponents();
    }

    /// <summary>The first SENet weights, converted from Caffe, call it <c>se_module</c>.</summary>
    public static string FromCaffe(string name) => name.Replace(".se_module.", ".se.", StringComparison.Ordinal);

    public override T Flow<T>(IGraph<T> graph, T x)
    {
        var gates = graph.Apply(activation, graph.Apply(fc1, graph.Apply(avgpool, x)));   // [N, squeezed, 1, 1]
        return graph.Multiply(x, graph.Apply(gate, graph.Apply(fc2, gates)));
    }
}
