using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization;

/// <summary>
/// What ONNX Runtime makes of each construction: all of it must run in integers, from the first convolution to the logits.
/// </summary>
public sealed class QuantizedFusionTests
{
    private static readonly string[] FloatKinds =
    [
        "Conv", "FusedConv", "Gemm", "FusedGemm", "Add", "Mul", "Relu", "Sigmoid", "QuickGelu", "Concat", "AveragePool",
        "GlobalAveragePool", "Pad", "DequantizeLinear",
    ];

    [Fact]
    public void Quantize_ResidualBlock_RunsInIntegers()
    {
        var network = new TinyNetwork();
        var x = network.Relu(network.BatchNorm(network.Convolution(network.Image, 3, 4, kernel: 3), 4));
        var branch = network.BatchNorm(network.Convolution(network.Relu(network.Convolution(x, 4, 4, kernel: 3)), 4, 4), 4);
        var model = network.Classify(network.Relu(network.Node("Add", [branch, x])), 4);

        var nodes = OnnxRun.OptimizedNodes(OnnxRun.Quantize(model));

        AssertIntegers(nodes);
        Assert.Equal(3, nodes["QLinearConv"]);
        Assert.Equal(1, nodes["QLinearAdd"]);
        Assert.Equal(1, nodes["QLinearGlobalAveragePool"]);
        Assert.Equal(1, nodes["QGemm"]);
    }

    // The shortcut of CIFAR ResNets: every second pixel, and channels of zeros.
    [Fact]
    public void Quantize_PaddedShortcut_PadsBytes()
    {
        var network = new TinyNetwork();
        var x = network.Relu(network.Convolution(network.Image, 3, 2));
        var pads = network.Constant("pads", 0, 1, 0, 0, 0, 1, 0, 0);
        var shortcut = network.Node("Pad", [network.Node("MaxPool", [x], Window(1)), pads]);
        var sum = network.Node("Add", [network.Convolution(x, 2, 4), shortcut]);
        var model = network.Classify(network.Relu(sum), 4);

        var quantized = OnnxRun.Quantize(model);

        var nodes = OnnxRun.OptimizedNodes(quantized);
        Assert.Equal(1, nodes["Pad"]);
        AssertIntegers(nodes, except: "Pad");
        AssertScoresClose(model, quantized);
    }

    [Fact]
    public void Quantize_Inception_RunsInIntegers()
    {
        var network = new TinyNetwork();
        var x = network.Relu(network.Convolution(network.Image, 3, 4));
        var pooled = network.Node("MaxPool", [x], Window(3, pad: 1));
        var averaged = network.Node("AveragePool", [x], [.. Window(3, pad: 1), TinyNetwork.Number("count_include_pad", 1)]);
        string[] branches =
        [
            network.Relu(network.Convolution(x, 4, 2)),
            network.Relu(network.Convolution(pooled, 4, 2)),
            network.Relu(network.Convolution(averaged, 4, 2)),
        ];
        var model = network.Classify(network.Node("Concat", branches, TinyNetwork.Number("axis", 1)), 6);

        var quantized = OnnxRun.Quantize(model);

        var nodes = OnnxRun.OptimizedNodes(quantized);
        AssertIntegers(nodes);
        Assert.Equal(1, nodes["QLinearConcat"]);
        Assert.Equal(1, nodes["QLinearAveragePool"]);
        Assert.Equal(1, nodes["MaxPool"]);
        AssertScoresClose(model, quantized);
    }

    // As EfficientNet has it: x · sigmoid(x), then a gate from the global averages.
    [Fact]
    public void Quantize_SqueezeAndExcitation_RunsInIntegers()
    {
        var network = new TinyNetwork();
        var x = Silu(network, network.BatchNorm(network.Convolution(network.Image, 3, 4, kernel: 3), 4));
        var squeezed = Silu(network, network.Convolution(network.Node("GlobalAveragePool", [x]), 4, 2));
        var gate = network.Node("Sigmoid", [network.Convolution(squeezed, 2, 4)]);
        var model = network.Classify(network.Convolution(network.Node("Mul", [x, gate]), 4, 4), 4);

        var quantized = OnnxRun.Quantize(model);

        var nodes = OnnxRun.OptimizedNodes(quantized);
        AssertIntegers(nodes);
        Assert.Equal(3, nodes["QLinearMul"]);
        Assert.Equal(3, nodes["QLinearSigmoid"]);
        Assert.Equal(2, nodes["QLinearGlobalAveragePool"]);
        AssertScoresClose(model, quantized);
    }

    [Fact]
    public void Quantize_HiddenFullyConnectedLayers_RunInIntegers()
    {
        var network = new TinyNetwork();
        var x = network.Relu(network.Convolution(network.Image, 3, 4));
        var flat = network.Node("Flatten", [network.Node("MaxPool", [x], Window(8))], TinyNetwork.Number("axis", 1));
        var hidden = network.Relu(network.FullyConnected(flat, 4, 5));
        var model = network.Finish(network.FullyConnected(hidden, 5, 3));

        var quantized = OnnxRun.Quantize(model);

        var nodes = OnnxRun.OptimizedNodes(quantized);
        AssertIntegers(nodes);
        Assert.Equal(2, nodes["QGemm"]);
        AssertScoresClose(model, quantized);
    }

    [Fact]
    public void Quantize_FloatLayer_KeepsItsWeightsAndItsRelu()
    {
        var network = new TinyNetwork();
        var first = network.Convolution(network.Image, 3, 4);
        var second = network.Convolution(network.Relu(first), 4, 4);
        var third = network.Convolution(network.Relu(second), 4, 4);
        var model = network.Classify(network.Relu(third), 4);

        var quantized = OnnxRun.Quantize(model, second);

        Assert.Equal(
            model.Graph.Node.Single(node => node.Name == second).Input.Skip(1),
            quantized.Graph.Node.Single(node => node.Name == second).Input.Skip(1));
        var nodes = OnnxRun.OptimizedNodes(quantized);
        Assert.Equal(2, nodes["QLinearConv"]);
        Assert.Equal(1, nodes["Conv"]);
    }

    // A calibration may widen a range below the ReLU's zero; the rounding would then no longer do what the ReLU does.
    [Fact]
    public void Quantize_ReluWithRangeBelowZero_BeginsAtZero()
    {
        var network = new TinyNetwork();
        var relu = network.Relu(network.Convolution(network.Image, 3, 4));
        var model = QuantizableModel.Prepare(network.Classify(relu, 4));
        var ranges = OnnxRun.Ranges(model, OnnxRun.Pixels(2));
        ranges[relu] = ranges[relu] with { Minimum = -1 };

        var quantized = model.Quantize(ranges, new HashSet<string>());

        AssertIntegers(OnnxRun.OptimizedNodes(quantized));
    }

    // Both layers around the SiLU are in float, so nothing rounds it.
    [Fact]
    public void Quantize_NeighboursInFloat_LeavesWhatIsBetweenThem()
    {
        var network = new TinyNetwork();
        var first = network.Convolution(network.Image, 3, 4);
        var silu = Silu(network, first);
        var second = network.Convolution(silu, 4, 4);
        var model = network.Classify(second, 4);

        var quantized = OnnxRun.Quantize(model, first, second);

        var rounded = quantized.Graph.Node.Where(node => node.OpType == "QuantizeLinear").Select(node => node.Input[0]).ToArray();
        Assert.DoesNotContain(first, rounded);
        Assert.DoesNotContain(silu, rounded);
        Assert.Equal(silu, quantized.Graph.Node.Single(node => node.Name == second).Input[0]);
    }

    // A normalisation that nothing absorbs runs in float between two rounded tensors.
    [Fact]
    public void Quantize_LoneBatchNorm_StaysInFloat()
    {
        var network = new TinyNetwork();
        var norm = network.BatchNorm(network.Relu(network.Convolution(network.Image, 3, 4)), 4);
        var model = network.Classify(network.Convolution(norm, 4, 4), 4);

        var quantized = OnnxRun.Quantize(model);

        Assert.Equal(2, OnnxRun.OptimizedNodes(quantized)["QLinearConv"]);
        Assert.Single(quantized.Graph.Node, node => node.OpType == "BatchNormalization" && node.Name == norm);
        AssertScoresClose(model, quantized);
    }

    private static string Silu(TinyNetwork network, string x) => network.Node("Mul", [x, network.Node("Sigmoid", [x])]);

    private static AttributeProto[] Window(int size, int pad = 0) =>
        [TinyNetwork.Numbers("kernel_shape", size, size), TinyNetwork.Numbers("pads", pad, pad, pad, pad)];

    private static void AssertIntegers(Dictionary<string, int> nodes, string? except = null)
    {
        Assert.DoesNotContain(nodes.Keys, kind => kind != except && FloatKinds.Contains(kind));
        Assert.Equal(1, nodes["QuantizeLinear"]);
    }

    // Logits of these networks are some units large and pass a handful of roundings to 1/255 of their range each.
    private static void AssertScoresClose(ModelProto expected, ModelProto actual)
    {
        var pixels = OnnxRun.Pixels(8, seed: 3);
        var pairs = OnnxRun.Values(expected, pixels, ClassifierModel.Score)
            .Zip(OnnxRun.Values(actual, pixels, ClassifierModel.Score));
        Assert.All(pairs, pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.05));
    }
}
