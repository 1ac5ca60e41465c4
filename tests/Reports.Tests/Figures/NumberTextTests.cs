using MLVision.Reports.Figures;

namespace Reports.Tests.Figures;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0.8604, "86.0\u00a0%")]
    [InlineData(1.0, "100.0\u00a0%")]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    public void Percent_OfAShare_HasOneDecimal(double? share, string expected) => Assert.Equal(expected, NumberText.Percent(share));

    [Theory]
    [InlineData(0.99999, ">\u00a099.9\u00a0%")]
    [InlineData(0.00001, "<\u00a00.1\u00a0%")]
    [InlineData(1, "100.0\u00a0%")]
    [InlineData(0, "0.0\u00a0%")]
    public void Probability_NearAnEnd_DoesNotLookLikeIt(double probability, string expected) =>
        Assert.Equal(expected, NumberText.Probability(probability));

    [Theory]
    [InlineData(8.44, "8.4\u00a0s")]
    [InlineData(42, "42\u00a0s")]
    [InlineData(59.7, "1\u00a0min 0\u00a0s")]
    [InlineData(200, "3\u00a0min 20\u00a0s")]
    [InlineData(7500, "2\u00a0h 5\u00a0min")]
    public void Time_OfSeconds_IsInUnitsOnePutsItIn(double seconds, string expected) =>
        Assert.Equal(expected, NumberText.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Count_OfThousands_HasCommas() => Assert.Equal("1,234,567", NumberText.Count(1234567));
}
