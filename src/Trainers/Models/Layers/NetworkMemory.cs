using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Gives memory to the weights of a network that was described on the meta device.</summary>
internal static class NetworkMemory
{
    /// <summary>
    /// Allocates all weights on the CPU as zeros, running variances as ones; the system hands out pages when they are written.
    /// </summary>
    /// <exception cref="NotSupportedException">A layer of a type that <see cref="MetaLayers"/> does not make has weights.</exception>
    public static T Allocate<T>(T network)
        where T : Module
    {
        foreach (var module in network.modules().Prepend(network))    // modules() lists what is inside only
        {
            switch (module)
            {
                case Conv2d conv:
                    conv.weight = Zeros(conv.weight);
                    conv.bias = conv.bias is null ? null : Zeros(conv.bias);
                    break;
                case Linear linear:
                    linear.weight = Zeros(linear.weight);
                    linear.bias = linear.bias is null ? null : Zeros(linear.bias);
                    break;
                case BatchNorm2d norm:
                    norm.weight = Zeros(norm.weight);
                    norm.bias = Zeros(norm.bias!);
                    norm.running_mean = zeros_like(norm.running_mean!, device: CPU);
                    norm.running_var = ones_like(norm.running_var!, device: CPU);
                    norm.num_batches_tracked = zeros_like(norm.num_batches_tracked!, device: CPU);
                    break;
            }
        }

        var left = network.state_dict().FirstOrDefault(weight => weight.Value.device_type == TorchSharp.DeviceType.META).Key;
        return left is null
            ? network : throw new NotSupportedException($"The layer that holds '{left}' is of a type without an allocation here.");
    }

    private static Parameter Zeros(Parameter shape) => Parameter(zeros(shape.shape, shape.dtype, CPU));
}
