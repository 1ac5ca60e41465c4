using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Models;

/// <summary>Draws the weights that a network starts training from.</summary>
internal static class Initialization
{
    private static readonly Lock GlobalGenerator = new();

    /// <summary>Builds a network and leaves torch's global random numbers as they were.</summary>
    /// <remarks>Layers draw weights as they are made, from a generator that the whole process shares; nothing reads those weights.</remarks>
    public static Module<Tensor, Tensor> KeepGlobalGenerator(Func<Module<Tensor, Tensor>> build)
    {
        lock (GlobalGenerator)
        {
            using var state = get_rng_state();
            try
            {
                return build();
            }
            finally
            {
                set_rng_state(state);
            }
        }
    }

    /// <summary>
    /// Convolutions: normal with variance 2 / fan-out; batch norms: 1 and 0; linear layers: uniform within ±1 / √inputs.
    /// </summary>
    /// <remarks>Source: He et al. 2015, §2.2, arXiv:1502.01852, in the form torchvision's networks use. The seed alone
    /// decides: one seed gives the same weights whatever else the process draws.</remarks>
    public static void HeNormal(Module network, int seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var module in network.modules().Prepend(network))    // modules() lists what is inside only
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
