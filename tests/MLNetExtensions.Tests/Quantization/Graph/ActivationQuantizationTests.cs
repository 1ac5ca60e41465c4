using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class ActivationQuantizationTests
{
    // 255 steps of 0.01 each; a range that leaves out zero is widened to it.
    [Theory]
    [InlineData(-1, 1.55, 100)]
    [InlineData(0, 2.55, 0)]
    [InlineData(0.5, 2.55, 0)]
    [InlineData(-2.55, -1, 255)]
    public void Of_Range_TakesTheFinestScaleThatHoldsItAndZero(float minimum, float maximum, byte zeroPoint)
    {
        var quantization = ActivationQuantization.Of(new ActivationRange(minimum, maximum));

        Assert.Equal(0.01f, quantization.Scale, 1e-8f);
        Assert.Equal(zeroPoint, quantization.ZeroPoint);
    }

    [Fact]
    public void Of_RangeOfZeroOnly_HasAScale()
    {
        var quantization = ActivationQuantization.Of(new ActivationRange(0, 0));

        Assert.Equal(new ActivationQuantization(1, 0), quantization);
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(0, float.PositiveInfinity)]
    [InlineData(1, 0)]
    public void Of_NoRange_Throws(float minimum, float maximum)
    {
        Assert.Throws<ArgumentException>(() => ActivationQuantization.Of(new ActivationRange(minimum, maximum)));
    }
}
