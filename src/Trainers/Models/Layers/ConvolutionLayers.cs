using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Trainers.Models;

/// <summary>The convolutions that residual networks are made of, in the papers' terms.</summary>
internal static class ConvolutionLayers
{
    /// <summary>1×1 convolution without bias.</summary>
    public static Conv2d Conv1x1(int input, int output, int stride = 1) => Conv2d(input, output, 1, stride, bias: false);

    /// <summary>3×3 convolution without bias that keeps the size at stride 1.</summary>
    public static Conv2d Conv3x3(int input, int output, int stride = 1) => Conv2d(input, output, 3, stride, padding: 1, bias: false);
}
