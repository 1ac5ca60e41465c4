using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class BatchNormFoldingTests
{
    // Relative to the largest value: the fold rounds each weight once, to 6e-8 of it, and a sum has 27 of them.
    private const float Tolerance = 1e-6f;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fold_AfterConvolution_ChangesNoValue(bool bias)
    {
        var network = new TinyNetwork();
        var norm = network.BatchNorm(network.Convolution(network.Image, 3, 4, kernel: 3, bias), 4);
        var model = network.Classify(network.Relu(norm), 4);
        var folded = model.Clone();

        BatchNormFolding.Fold(folded.Graph);

        Assert.DoesNotContain(folded.Graph.Node, node => node.OpType == "BatchNormalization");
        Assert.DoesNotContain(folded.Graph.Initializer, tensor => tensor.Name.StartsWith("gamma", StringComparison.Ordinal));
        var pixels = OnnxRun.Pixels(2);
        AssertClose(OnnxRun.Values(model, pixels, norm), OnnxRun.Values(folded, pixels, norm));
        AssertClose(OnnxRun.Values(model, pixels, ClassifierModel.Score), OnnxRun.Values(folded, pixels, ClassifierModel.Score));
    }

    [Fact]
    public void Fold_NormAfterSomethingElse_StaysAsItIs()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.BatchNorm(network.Relu(network.Convolution(network.Image, 3, 4)), 4), 4);
        var folded = model.Clone();

        BatchNormFolding.Fold(folded.Graph);

        Assert.Equal(model, folded);
    }

    [Fact]
    public void Fold_ConvolutionThatOthersRead_StaysAsItIs()
    {
        var network = new TinyNetwork();
        var convolution = network.Convolution(network.Image, 3, 4);
        var model = network.Classify(network.Node("Add", [convolution, network.BatchNorm(convolution, 4)]), 4);
        var folded = model.Clone();

        BatchNormFolding.Fold(folded.Graph);

        Assert.Equal(model, folded);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / scale, 0, Tolerance));
    }
}
