using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>
/// Layers with weights, described on torch's meta device: their weights have a shape and a type but no memory and no values.
/// </summary>
/// <remarks>
/// So a network of hundreds of millions of weights is described in milliseconds, and whoever needs its weights allocates them
/// (<see cref="NetworkMemory"/>) and then draws or reads them, once.
/// </remarks>
internal static class MetaLayers
{
    /// <summary>Convolution with a square kernel, without bias, since batch norm follows.</summary>
    public static Conv2d Convolution(int input, int output, int kernel, int stride = 1, int padding = 0, int groups = 1) =>
        Conv2d(input, output, kernel, stride, padding, groups: groups, bias: false, device: META);

    /// <summary>Convolution with a square kernel and a bias.</summary>
    public static Conv2d BiasedConvolution(int input, int output, int kernel, int stride = 1, int padding = 0) =>
        Conv2d(input, output, kernel, stride, padding, bias: true, device: META);

    /// <summary>1×1 convolution without bias.</summary>
    public static Conv2d Conv1x1(int input, int output, int stride = 1) => Convolution(input, output, 1, stride);

    /// <summary>3×3 convolution without bias that keeps the size at stride 1.</summary>
    public static Conv2d Conv3x3(int input, int output, int stride = 1, int groups = 1) =>
        Convolution(input, output, 3, stride, padding: 1, groups);

    /// <summary>Batch normalisation; the defaults are PyTorch's.</summary>
    public static BatchNorm2d BatchNorm(int channels, double epsilon = 1e-5, double momentum = 0.1) =>
        BatchNorm2d(channels, epsilon, momentum, device: META);

    /// <summary>Fully connected layer with a bias.</summary>
    public static Linear FullyConnected(int inputs, int outputs) => Linear(inputs, outputs, device: META);
}
