using MLVision.Trainers.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Onnx;

/// <summary>Every layer and operation by itself, followed by a linear layer that weighs each of its outputs differently.</summary>
public class OnnxGraphTests(ITestOutputHelper output)
{
    private const int ImageSize = 9;    // odd, so that windows do not fit and ceil mode matters
    private const int Classes = 4;

    // float32 rounding: the largest difference seen is 1e-6 for one layer, and 1e-5 for twelve convolutions in a row.
    private const double Tolerance = 5e-5;

    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Layers = new()
    {
        ["convolution with bias"] = () => Conv2d(3, 4, 3),
        ["strided convolution"] = () => Conv2d(3, 4, 3, stride: 2, padding: 1),
        ["dilated convolution"] = () => Conv2d(3, 4, 3, padding: 2, dilation: 2),
        ["grouped convolution"] = () => Conv2d(3, 6, 3, groups: 3, bias: false),
        ["oblong convolution"] = () => Conv2d(3, 4, (1, 3), (1L, 2L), (0L, 1L)),
        ["batch norm"] = () => BatchNorm2d(3, eps: 0.1),
        ["ReLU"] = () => ReLU(),
        ["SiLU"] = () => SiLU(),
        ["sigmoid"] = () => Sigmoid(),
        ["dropout"] = () => new RandomDropout(0.5),
        ["stochastic depth"] = () => new StochasticDepth(0.5),
        ["max pool"] = () => MaxPool2d(3, stride: 2, padding: 1),
        ["max pool without stride"] = () => MaxPool2d(2),
        ["max pool, ceil mode"] = () => MaxPool2d(2, ceil_mode: true),
        ["max pool, ceil mode, last window in the padding"] = () => MaxPool2d(2, stride: 2, padding: 1, ceil_mode: true),
        ["average pool"] = () => AvgPool2d(3, stride: 2),
        ["average pool, padding counts"] = () => AvgPool2d(3, stride: 2, padding: 1, count_include_pad: true),
        ["average pool, padding does not count"] = () => AvgPool2d(3, stride: 2, padding: 1, count_include_pad: false),
        ["average pool, ceil mode"] = () => AvgPool2d(2, ceil_mode: true, count_include_pad: false),
        ["average pool, ceil mode, last window in the padding"] = () => AvgPool2d(2, stride: 2, padding: 1, ceil_mode: true),
        ["average pool, ceil mode, padding counts"] = () => AvgPool2d(4, stride: 4, padding: 1, ceil_mode: true, count_include_pad: true),
        ["adaptive pool to 1"] = () => AdaptiveAvgPool2d(1),
        ["adaptive pool to 3"] = () => AdaptiveAvgPool2d(3),
        ["adaptive pool to the size that is there"] = () => AdaptiveAvgPool2d(ImageSize),
        ["adaptive pool, windows of unequal size"] = () => AdaptiveAvgPool2d(4),
        ["adaptive pool to more than there is"] = () => AdaptiveAvgPool2d(13),
        ["adaptive pool, height equal and width unequal"] = () => AdaptiveAvgPool2d((3, 4)),
        ["linear without bias"] = () => Sequential(Flatten(), Linear(3 * ImageSize * ImageSize, 5, hasBias: false)),
        ["twelve layers in order"] = () => Sequential(Enumerable.Range(3, 12).Select(n => (Module<Tensor, Tensor>)Conv2d(n, n + 1, 1))),
        ["gate of [N, C, 1, 1]"] = () => new Gate(),
        ["sum"] = () => new Sum(),
        ["branches"] = () => new Branches(),
        ["channels of zeros"] = () => new MoreChannels(),
    };

    // What would otherwise be written as something else than the network computes.
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Unsupported = new()
    {
        ["convolution with reflected padding"] = () => Conv2d(3, 4, 3, padding: 1, padding_mode: PaddingModes.Reflect),
        ["convolution with padding 'same'"] = () => Conv2d(3, 4, 3, padding: Padding.Same),
        ["max pool with dilation"] = () => MaxPool2d(3, dilation: 2),
        ["average pool with its own divisor"] = () => AvgPool2d(2, divisor_override: 3),
        ["flatten of the last dimensions"] = () => Flatten(start_dim: 2),
    };

    public static TheoryData<string, int> LayersAndBatchSizes() => [.. Layers.Keys.SelectMany(name => new[] { (name, 1), (name, 3) })];

    public static TheoryData<string> LayersWithoutOnnxForm() => [.. Unsupported.Keys];

    [Theory]
    [MemberData(nameof(LayersAndBatchSizes))]
    public void Apply_EachLayer_ScoresAsTorchDoes(string name, int batchSize)
    {
        using var network = WithHead(Layers[name]());
        using var exported = new ExportedClassifier(network, ImageSize, Classes);

        var difference = exported.LargestDifference(batchSize);

        output.WriteLine($"{name}, {batchSize} images: {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }

    [Fact]
    public void Apply_UnknownLayer_ThrowsWithItsType()
    {
        using var network = Sequential(GELU(), Flatten());

        var error = Assert.Throws<NotSupportedException>(
            () => ExportedClassifier.Bytes(network, ExportedClassifier.Metadata(ImageSize, Classes)));

        Assert.Contains("GELU", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(LayersWithoutOnnxForm))]
    public void Apply_LayerWithoutOnnxForm_Throws(string name)
    {
        using var network = Unsupported[name]();

        Assert.Throws<NotSupportedException>(
            () => ExportedClassifier.Bytes(network, ExportedClassifier.Metadata(ImageSize, Classes)));
    }

    private static Sequential WithHead(Module<Tensor, Tensor> layer)
    {
        using var scope = NewDisposeScope();
        layer.eval();
        var features = layer.call(zeros(1, 3, ImageSize, ImageSize)).numel();
        var network = FormulaValues.Fill(Sequential(layer, Flatten(), Linear(features, Classes)));
        network.eval();
        return network;
    }

    /// <summary>Squeeze and excitation in small: channels scaled by what their averages say.</summary>
    private sealed class Gate : Block
    {
        private readonly Sequential gate = Sequential(AdaptiveAvgPool2d(1), Conv2d(3, 3, 1), Sigmoid());

        public Gate()
            : base(nameof(Gate)) => RegisterComponents();

        public override T Flow<T>(IGraph<T> graph, T x) => graph.Multiply(x, graph.Apply(gate, x));
    }

    private sealed class Sum : Block
    {
        private readonly Conv2d conv = Conv2d(3, 3, 3, padding: 1);

        public Sum()
            : base(nameof(Sum)) => RegisterComponents();

        public override T Flow<T>(IGraph<T> graph, T x) => graph.Add(x, graph.Apply(conv, x));
    }

    private sealed class Branches : Block
    {
        private readonly Conv2d narrow = Conv2d(3, 2, 1);
        private readonly Conv2d wide = Conv2d(3, 4, 3, padding: 1);

        public Branches()
            : base(nameof(Branches)) => RegisterComponents();

        public override T Flow<T>(IGraph<T> graph, T x) => graph.Concat(graph.Apply(narrow, x), x, graph.Apply(wide, x));
    }

    private sealed class MoreChannels : Block
    {
        public MoreChannels()
            : base(nameof(MoreChannels)) => RegisterComponents();

        public override T Flow<T>(IGraph<T> graph, T x) => graph.PadChannels(x, before: 1, after: 2);
    }
}
