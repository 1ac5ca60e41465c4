using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class ActivationHistogramTests
{
    [Fact]
    public void Add_Values_CountsThemByPartAndZerosApart()
    {
        var histogram = new ActivationHistogram(new ActivationRange(-1, 1));       // parts are 1/1024 wide

        histogram.Add([-1f, 0f, 0f, 0.0005f, 0.5f, 0.5f, 1f]);

        Assert.Equal(2, histogram.Zeros);
        var occupied = histogram.Bins.ToArray().Index().Where(bin => bin.Item > 0);
        Assert.Equal([(0, 1L), (1024, 1L), (1536, 2L), (2047, 1L)], occupied);     // the largest value belongs to the last part
    }

    [Fact]
    public void Add_HistogramOfTheSameRange_SumsBoth()
    {
        var range = new ActivationRange(0, 2048);
        var (first, second) = (new ActivationHistogram(range), new ActivationHistogram(range));
        first.Add([0f, 3.5f]);
        second.Add([0f, 3.5f, 7.5f]);

        first.Add(second);

        Assert.Equal((2, 2, 1), (first.Zeros, first.Bins[3], first.Bins[7]));
    }

    [Fact]
    public void Add_ValuesOfARangeWithoutWidth_AreZeros()
    {
        var histogram = new ActivationHistogram(default);

        histogram.Add(new float[5]);

        Assert.Equal(5, histogram.Zeros);
    }

    [Theory]
    [InlineData(0, 2048, -1, 1)]
    [InlineData(512, 1536, -0.5, 0.5)]
    [InlineData(1536, 2048, 0, 1)]          // 0.5..1 does not hold 0
    [InlineData(0, 512, -1, 0)]
    public void RangeOf_Parts_HoldsZero(int first, int end, float minimum, float maximum)
    {
        var histogram = new ActivationHistogram(new ActivationRange(-1, 1));

        var range = histogram.RangeOf(first, end);

        Assert.Equal(new ActivationRange(minimum, maximum), range);
    }
}
