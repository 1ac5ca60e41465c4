using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class HalfPrecisionTests
{
    // Half precision rounds to 2⁻¹¹; a score moves by at most a quarter of what the logits do, and these are sums of a few numbers
    // about 1.
    private const float Tolerance = 2e-3f;

    [Fact]
    public void Convert_Model_HalvesTheFileAndKeepsTheScores()
    {
        var network = new TinyNetwork();
        var x = network.Relu(network.BatchNorm(network.Convolution(network.Image, 3, 64, kernel: 3), 64));
        var model = network.Classify(network.Relu(network.Convolution(x, 64, 64, kernel: 3)), 64);
        var before = model.Clone();

        var half = HalfPrecision.Convert(model);

        Assert.Equal(before, model);
        Assert.InRange(half.CalculateSize() / (double)model.CalculateSize(), 0.5, 0.52);
        AssertSameScores(model, half);
    }

    [Fact]
    public void Convert_Model_ComputesInHalfPrecisionFromTheFirstLayerToTheLast()
    {
        var network = new TinyNetwork();
        var first = network.Convolution(network.Image, 3, 4);
        var sum = network.Node("Add", [network.Relu(network.BatchNorm(first, 4)), network.Convolution(network.Image, 3, 4)]);
        var model = network.Classify(sum, 4);

        var half = HalfPrecision.Convert(model).Graph;

        // Both convolutions share one cast of the image; pooled, the sum goes back to float for the last layer. The last weights are stored
        // in half precision and made float when the file is loaded.
        Assert.Equal(["Conv", "Conv"], Readers(half, Assert.Single(half.Node, node => Casts(node, TensorProto.Types.DataType.Float16))));
        var backToFloat = half.Node.Where(node => Casts(node, TensorProto.Types.DataType.Float)).ToList();
        Assert.Equal(
            ["Transpose", "Gemm", "Gemm", "Gemm"], backToFloat.SelectMany(cast => Readers(half, cast)).OrderDescending());
        Assert.DoesNotContain(half.Node, node => node.OpType == "BatchNormalization");
        Assert.DoesNotContain(half.Initializer, tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float16);
        Assert.Equal(6, half.Node.Count(node => node.OpType == "Constant"));
    }

    [Theory]
    [InlineData(1e5f)]
    [InlineData(1e-8f)]
    public void Convert_WeightBeyondHalfPrecision_StaysInFloat(float size)
    {
        var network = new TinyNetwork();
        var kernel = network.Constant("kernel", [4, 3, 1, 1], [.. Enumerable.Range(1, 12).Select(i => i * size)]);
        var model = network.Classify(network.Relu(network.Node("Conv", [network.Image, kernel])), 4);

        var half = HalfPrecision.Convert(model);

        Assert.Contains(half.Graph.Initializer, tensor => tensor.Name == "kernel");
        Assert.DoesNotContain(half.Graph.Node, node => Casts(node, TensorProto.Types.DataType.Float16));
    }

    /// <summary>A temperature, for example.</summary>
    [Fact]
    public void Convert_NodesBetweenTheLastLayerAndTheDecision_StayInFloatWithIt()
    {
        var network = new TinyNetwork();
        var pooled = network.Node("GlobalAveragePool", [network.Relu(network.Convolution(network.Image, 3, 4))]);
        var logits = network.FullyConnected(network.Node("Flatten", [pooled], TinyNetwork.Number("axis", 1)), 4, 3);
        var model = network.Finish(network.Node("Div", [logits, network.Constant("temperature", [1], 1.5f)]));

        var half = HalfPrecision.Convert(model);

        // The features for the last layer, and its weights.
        Assert.Equal(
            ["Gemm", "Gemm", "Gemm"],
            half.Graph.Node.Where(node => Casts(node, TensorProto.Types.DataType.Float)).SelectMany(cast => Readers(half.Graph, cast))
                .Where(reader => reader != "Transpose"));
        AssertSameScores(model, half);
    }

    [Fact]
    public void Convert_LayerInBetweenStaysInFloat_KeepsTheScores()
    {
        var network = new TinyNetwork();
        var first = network.Convolution(network.Image, 3, 4);
        var kernel = network.Constant("kernel", [4, 4, 1, 1], [.. Enumerable.Range(1, 16).Select(i => i * 1e-8f)]);
        var model = network.Classify(network.Convolution(network.Node("Conv", [first, kernel]), 4, 4), 4);

        var half = HalfPrecision.Convert(model);

        // Into half precision, out of it for that layer, in again, and out for the last one, whose two weights are cast as well.
        Assert.Equal(2, half.Graph.Node.Count(node => Casts(node, TensorProto.Types.DataType.Float16)));
        Assert.Equal(1 + 1 + 1 + 2, half.Graph.Node.Count(node => Casts(node, TensorProto.Types.DataType.Float)));
        AssertSameScores(model, half);
    }

    [Fact]
    public void Convert_QuantizedModel_IsRefused()
    {
        var network = new TinyNetwork();
        var quantized = OnnxRun.Quantize(network.Classify(network.Convolution(network.Image, 3, 4), 4));

        Assert.Throws<ModelFileException>(() => HalfPrecision.Convert(quantized));
    }

    private static void AssertSameScores(ModelProto model, ModelProto half)
    {
        var pixels = OnnxRun.Pixels(8);
        var pairs = OnnxRun.Values(model, pixels, ClassifierModel.Score).Zip(OnnxRun.Values(half, pixels, ClassifierModel.Score));
        Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static bool Casts(NodeProto node, TensorProto.Types.DataType type) =>
        node.OpType == "Cast" && node.Attribute.Single().I == (int)type;

    private static IEnumerable<string> Readers(GraphProto graph, NodeProto node) =>
        graph.Node.Where(reader => reader.Input.Contains(node.Output[0])).Select(reader => reader.OpType);
}
