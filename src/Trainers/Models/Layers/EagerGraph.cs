using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Runs a block's flow on tensors at once. The caller owns the results.</summary>
/// <remarks>
/// In mixed precision convolutions take bfloat16 copies of their input and of their 32-bit weights, batch norm keeps its statistics and
/// linear layers their sums in 32 bits, and everything else works in the type that it gets. libtorch's own autocast, which TorchSharp
/// does not reach, draws the same lines; but on a CPU grouped convolutions stay in 32 bits, where they are three times as fast, and what
/// follows them stays so up to the next convolution.
/// </remarks>
internal sealed class EagerGraph : LayerGraph<Tensor>
{
    /// <summary>Computes in the type of the images and weights.</summary>
    public static readonly EagerGraph Plain = new(isMixed: false, new Dictionary<nint, Tensor>());

    /// <summary>Computes convolutions in bfloat16 over 32-bit weights.</summary>
    public static readonly EagerGraph Mixed = new(isMixed: true, new Dictionary<nint, Tensor>());

    private readonly bool _isMixed;
    private readonly IReadOnlyDictionary<nint, Tensor> _halves;

    private EagerGraph(bool isMixed, IReadOnlyDictionary<nint, Tensor> halves) => (_isMixed, _halves) = (isMixed, halves);

    /// <summary>What computes in a precision on a device, and why where the precision is left to choose.</summary>
    public static (EagerGraph Graph, string Why) For(TrainingPrecision asked, Device device) => asked switch
    {
        TrainingPrecision.Full or TrainingPrecision.Strict => (Plain, "as asked"),
        TrainingPrecision.Mixed => (Mixed, "as asked"),
        _ when device.type == DeviceType.CUDA => (Mixed, "the GPU's default"),
        _ when CpuFeatures.HasBFloat16 => (Mixed, "the CPU has AVX-512 BF16"),
        _ => (Plain, "the CPU has no AVX-512 BF16"),
    };

    /// <summary>The same, with bfloat16 copies of weights, by the weights' handles; others are cast at each use.</summary>
    public EagerGraph With(IReadOnlyDictionary<nint, Tensor> halves) => new(_isMixed, halves);

    /// <summary>Handles of the weights that are used in bfloat16.</summary>
    public IReadOnlySet<nint> WeightsInBFloat16(Module network)
    {
        var layers = network.modules().OfType<Conv2d>().Where(layer => _isMixed && IsInBFloat16(layer, layer.weight.device_type));
        return layers.SelectMany(layer => (Tensor?[])[layer.weight, layer.bias])
            .OfType<Tensor>().Select(weight => weight.Handle).ToHashSet();
    }

    public override Tensor Add(Tensor a, Tensor b) => a.add_(b).alias();

    public override Tensor Multiply(Tensor a, Tensor b) => a * b;

    public override Tensor Concat(params ReadOnlySpan<Tensor> values) => cat(values.ToArray(), dim: 1);

    // functional.pad names the last dimension first: width, height, channels.
    public override Tensor PadChannels(Tensor x, int before, int after) => functional.pad(x, [0, 0, 0, 0, before, after]);

    protected override Tensor Run(Block block, Tensor x) => block.Run(this, x);

    protected override Tensor Run(Sequential chain, Tensor x)
    {
        using var scope = NewDisposeScope();
        return base.Run(chain, x).MoveToOuterDisposeScope();
    }

    protected override Tensor Convolution(Conv2d layer, Tensor x) => _isMixed ? ConvolveMixed(layer, x) : layer.call(x);

    protected override Tensor BatchNorm(BatchNorm2d layer, Tensor x) => layer.call(x);

    protected override Tensor FullyConnected(Linear layer, Tensor x) => _isMixed ? MultiplyIn32Bits(layer, x) : layer.call(x);

    // In place, a ReLU spares the memory of every second activation; what comes before needs its own output for no gradient.
    protected override Tensor Activation(Module<Tensor, Tensor> layer, Tensor x) => layer is ReLU ? x.relu_().alias() : layer.call(x);

    protected override Tensor MaxPool(MaxPool2d layer, Tensor x) => layer.call(x);

    protected override Tensor AveragePool(AvgPool2d layer, Tensor x) => layer.call(x);

    protected override Tensor AdaptiveAveragePool(AdaptiveAvgPool2d layer, Tensor x) => layer.call(x);

    protected override Tensor Flatten(Flatten layer, Tensor x) => layer.call(x);

    protected override Tensor Dropout(DropoutLayer layer, Tensor x) => layer.call(x);

    private static bool IsInBFloat16(Conv2d layer, DeviceType device) => layer.groups == 1 || device != DeviceType.CPU;

    private Tensor ConvolveMixed(Conv2d layer, Tensor x)
    {
        using var scope = NewDisposeScope();
        var type = IsInBFloat16(layer, x.device_type) ? ScalarType.BFloat16 : ScalarType.Float32;
        var (weight, bias) = (As(type, layer.weight), layer.bias is null ? null : As(type, layer.bias));
        return functional.conv2d(x.to(type), weight, bias, layer.stride, layer.padding, layer.dilation, layer.groups)
            .MoveToOuterDisposeScope();
    }

    private Tensor As(ScalarType type, Tensor weight) =>
        type == ScalarType.BFloat16 && _halves.TryGetValue(weight.Handle, out var half) ? half : weight.to(type);

    private static Tensor MultiplyIn32Bits(Linear layer, Tensor x)
    {
        using var scope = NewDisposeScope();
        return layer.call(x.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }
}
