using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class EntropyRangeTests
{
    private const int Seed = 3;

    [Fact]
    public void Divergence_TwoCountsInOneLevel_IsThatOfTheirMean()
    {
        var bins = new long[512];                   // 256 levels of two parts
        (bins[0], bins[1]) = (3, 1);

        var divergence = EntropyRange.Divergence(bins, 0, bins.Length);

        // P = (3/4, 1/4), Q = (1/2, 1/2): 3/4·ln(3/2) + 1/4·ln(1/2).
        Assert.Equal((0.75 * Math.Log(1.5)) + (0.25 * Math.Log(0.5)), divergence, precision: 12);
    }

    [Fact]
    public void Divergence_ValuesBeyondTheRange_AreClippedInPOnly()
    {
        var bins = new long[512];
        (bins[0], bins[255], bins[300]) = (4, 4, 2);

        var divergence = EntropyRange.Divergence(bins, 0, 256);

        // P = (4/10, 6/10) after clipping, Q = (4/8, 4/8).
        Assert.Equal((0.4 * Math.Log(0.8)) + (0.6 * Math.Log(1.2)), divergence, precision: 12);
    }

    [Fact]
    public void Divergence_RangeWithoutValues_IsInfinite()
    {
        var bins = new long[512];
        bins[300] = 1;

        Assert.Equal(double.PositiveInfinity, EntropyRange.Divergence(bins, 0, 256));
    }

    [Fact]
    public void Of_EvenValues_ClipsNothing()
    {
        var histogram = Histogram(0, 1, Enumerable.Range(1, 20480).Select(i => (i - 0.5f) / 20480));

        var range = EntropyRange.Of(histogram);

        // Levels of evenly spread values lose nothing, so any clipping is a loss.
        Assert.Equal(new ActivationRange(0, 1), range);
    }

    [Fact]
    public void Of_NormalValuesAndARareFarOne_ClipsIt()
    {
        var values = Normal(100_000).Select(MathF.Abs).Append(40f);
        var histogram = Histogram(0, 40, values);

        var range = EntropyRange.Of(histogram);

        // At the least 256 of 2048 parts, 5 of 40; beyond 5 standard deviations there is no other value.
        Assert.Equal(0, range.Minimum);
        Assert.InRange(range.Maximum, 5, 8);
    }

    [Fact]
    public void Of_ValuesOfBothSigns_ClipsBothEndsAlike()
    {
        var histogram = Histogram(-40, 40, Normal(100_000).Append(40f).Append(-40f));

        var range = EntropyRange.Of(histogram);

        Assert.InRange(range.Maximum, 4, 10);
        Assert.Equal(-range.Maximum, range.Minimum, precision: 4);
    }

    [Fact]
    public void Of_ShortNegativeSide_IsKeptWhole()
    {
        const float LowestOfSwish = -0.278f;
        var histogram = Histogram(LowestOfSwish, 30, Normal(100_000).Select(value => MathF.Max(value, LowestOfSwish)).Append(30f));

        var range = EntropyRange.Of(histogram);

        Assert.Equal(LowestOfSwish, range.Minimum);
        Assert.InRange(range.Maximum, 3, 10);
    }

    [Fact]
    public void Of_ManyZeros_ChangesNothing()
    {
        var values = Normal(100_000).Select(MathF.Abs).Append(40f).ToList();
        var (few, many) = (Histogram(0, 40, values), Histogram(0, 40, values.Concat(new float[1_000_000])));

        Assert.Equal(EntropyRange.Of(few), EntropyRange.Of(many));
    }

    [Fact]
    public void Of_OnlyZeros_IsZero() => Assert.Equal(default, EntropyRange.Of(Histogram(0, 0, [0f])));

    /// <summary>Normally distributed values by Box and Muller's method.</summary>
    private static List<float> Normal(int count)
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, count)
            .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))
            .ToList();
    }

    private static ActivationHistogram Histogram(float minimum, float maximum, IEnumerable<float> values)
    {
        var histogram = new ActivationHistogram(new ActivationRange(minimum, maximum));
        histogram.Add([.. values]);
        return histogram;
    }
}
