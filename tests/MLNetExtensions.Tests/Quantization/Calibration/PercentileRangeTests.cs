using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class PercentileRangeTests
{
    [Fact]
    public void Of_ValuesWithoutNegativeOnes_CutsTheLargest()
    {
        var histogram = Histogram(new ActivationRange(0, 1000), Enumerable.Range(1, 1000));

        var range = PercentileRange.Of(histogram, 99);

        // The ten largest of a thousand values go: 991 to 1000. A part is 1000/2048 wide.
        Assert.Equal(0, range.Minimum);
        Assert.InRange(range.Maximum, 990, 990 + (1000f / 2048));
    }

    [Fact]
    public void Of_ValuesOfBothSigns_CutsHalfAtEitherEnd()
    {
        var histogram = Histogram(new ActivationRange(-500, 500), Enumerable.Range(-500, 1001));

        var range = PercentileRange.Of(histogram, 98);

        // 2 % of 1001 values are 20.02: ten go at either end, so -490 and 490 stay.
        Assert.InRange(range.Minimum, -490 - (1000f / 2048), -490);
        Assert.InRange(range.Maximum, 490, 490 + (1000f / 2048));
    }

    [Fact]
    public void Of_Zeros_CountAsValues()
    {
        var histogram = Histogram(new ActivationRange(0, 100), Enumerable.Range(1, 100).Concat(Enumerable.Repeat(0, 900)));

        var range = PercentileRange.Of(histogram, 99);

        Assert.InRange(range.Maximum, 90, 90 + (100f / 2048));     // ten of a thousand values go, all of them above 90
    }

    [Fact]
    public void Of_ValuesWithoutPositiveOnes_CutsTheLowest()
    {
        var histogram = Histogram(new ActivationRange(-100, 0), Enumerable.Range(-100, 100));

        var range = PercentileRange.Of(histogram, 90);

        Assert.InRange(range.Minimum, -90 - (100f / 2048), -90);
        Assert.Equal(0, range.Maximum);
    }

    [Fact]
    public void Of_AHundredPercent_IsTheWholeRange()
    {
        var histogram = Histogram(new ActivationRange(-3, 7), [-3, 1, 7]);

        var range = PercentileRange.Of(histogram, 100);

        Assert.Equal(new ActivationRange(-3, 7), range);
    }

    [Fact]
    public void Of_OnlyZeros_IsZero()
    {
        var histogram = Histogram(default, [0, 0]);

        var range = PercentileRange.Of(histogram, 99);

        Assert.Equal(default, range);
    }

    private static ActivationHistogram Histogram(ActivationRange range, IEnumerable<int> values)
    {
        var histogram = new ActivationHistogram(range);
        histogram.Add([.. values.Select(value => (float)value)]);
        return histogram;
    }
}
