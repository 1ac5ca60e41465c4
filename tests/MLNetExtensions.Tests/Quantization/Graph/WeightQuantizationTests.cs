using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class WeightQuantizationTests
{
    // Channel 0: 1.27 / 127 = 0.01. Channel 1: 0.127 / 127 = 0.001. Bias: 0.25 / (0.5 · 0.01) = 50, −0.1 / (0.5 · 0.001) = −200.
    [Fact]
    public void Of_TwoChannels_ScalesEachByItsLargestWeight()
    {
        float[] weights = [1.27f, -0.64f, -0.127f, 0];

        var quantized = WeightQuantization.Of(weights, [0.25f, -0.1f], inputScale: 0.5f, channels: 2);

        Assert.Equal([127, -64, -127, 0], quantized.Weights);
        Assert.Equal([0.01, 0.001], quantized.Scales.Select(scale => Math.Round(scale, 9)));
        Assert.Equal([50, -200], quantized.Bias);
        Assert.Equal([0.005, 0.0005], quantized.BiasScales(0.5f).Select(scale => Math.Round(scale, 9)));
    }

    [Fact]
    public void Of_ChannelWithoutWeights_KeepsItsBias()
    {
        var quantized = WeightQuantization.Of([0, 0], [3], inputScale: 0.01f, channels: 1);

        Assert.Equal([0, 0], quantized.Weights);
        Assert.Equal(3, quantized.Bias[0] * quantized.BiasScales(0.01f)[0], 1e-5f);
    }

    [Fact]
    public void Of_LayerWithoutBias_HasNone()
    {
        var quantized = WeightQuantization.Of([1, 2], [], inputScale: 1, channels: 1);

        Assert.Empty(quantized.Bias);
    }
}
