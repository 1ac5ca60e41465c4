using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class HalfWeightsTests
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

        var half = HalfWeights.Convert(model);

        Assert.Equal(before, model);
        Assert.InRange(half.CalculateSize() / (double)model.CalculateSize(), 0.5, 0.52);
        var pixels = OnnxRun.Pixels(8);
        var pairs = OnnxRun.Values(model, pixels, ClassifierModel.Score).Zip(OnnxRun.Values(half, pixels, ClassifierModel.Score));
        Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Theory]
    [InlineData(1e6f)]
    [InlineData(1e-8f)]
    public void Convert_WeightBeyondHalfPrecision_StaysInFloat(float size)
    {
        var network = new TinyNetwork();
        var kernel = network.Constant("kernel", [1, 3, 1, 1], size, 2 * size, 3 * size);
        var model = network.Classify(network.Node("Conv", [network.Image, kernel]), 1);

        var half = HalfWeights.Convert(model);

        Assert.Contains(half.Graph.Initializer, tensor => tensor.Name == "kernel");
        Assert.DoesNotContain(half.Graph.Initializer, tensor => tensor.Name == "kernel_fp16");
    }

    [Fact]
    public void Convert_QuantizedModel_IsRefused()
    {
        var network = new TinyNetwork();
        var quantized = OnnxRun.Quantize(network.Classify(network.Convolution(network.Image, 3, 4), 4));

        Assert.Throws<ModelFileException>(() => HalfWeights.Convert(quantized));
    }
}
