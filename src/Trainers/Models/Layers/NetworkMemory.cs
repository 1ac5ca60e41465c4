using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Gives memory to the weights of a network that was described on the meta device.</summary>
internal sealed class NetworkMemory : WeightLayers
{
    private static readonly NetworkMemory Instance = new();

    private NetworkMemory()
    {
    }

    /// <summary>
    /// Allocates all weights on the CPU as zeros, running variances as ones; the system hands out pages when they are written.
    /// </summary>
    /// <exception cref="NotSupportedException">A layer with weights is of a type that <see cref="WeightLayers"/> lacks.</exception>
    public static T Allocate<T>(T network)
        where T : Module
    {
        Instance.Visit(network, _ => true);
        return network;
    }

    protected override void Convolution(Conv2d layer)
    {
        layer.weight = Zeros(layer.weight);
        layer.bias = layer.bias is null ? null : Zeros(layer.bias);
    }

    protected override void BatchNorm(BatchNorm2d layer)
    {
        layer.weight = Zeros(layer.weight);
        layer.bias = Zeros(layer.bias!);
        layer.running_mean = zeros_like(layer.running_mean!, device: CPU);
        layer.running_var = ones_like(layer.running_var!, device: CPU);
        layer.num_batches_tracked = zeros_like(layer.num_batches_tracked!, device: CPU);
    }

    protected override void FullyConnected(Linear layer)
    {
        layer.weight = Zeros(layer.weight);
        layer.bias = layer.bias is null ? null : Zeros(layer.bias);
    }

    private static Parameter Zeros(Parameter shape) => Parameter(zeros(shape.shape, shape.dtype, CPU));
}
