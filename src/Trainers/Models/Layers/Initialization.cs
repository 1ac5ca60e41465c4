using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Draws the weights that a network starts training from.</summary>
internal static class Initialization
{
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
        foreach (var (_, module) in network.named_modules().Prepend(("", network)).Where(layer => isDrawn(layer.Item1)))
        {
            switch (module)
            {
                case Conv2d conv:
                    var fanOut = conv.out_channels / conv.groups * conv.kernel_size[0] * conv.kernel_size[1];
                    conv.weight.normal_(0, Math.Sqrt(2.0 / fanOut), generator);
                    conv.bias?.zero_();
                    break;
                case BatchNorm2d norm:
                    norm.weight!.fill_(1);
                    norm.bias!.zero_();
                    break;
                case Linear linear:
                    var bound = 1 / Math.Sqrt(linear.in_features);
                    linear.weight.uniform_(-bound, bound, generator);
                    linear.bias?.uniform_(-bound, bound, generator);
                    break;
            }
        }
    }
}
