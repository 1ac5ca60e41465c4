using MLVision.Reports.Charts;

namespace Reports.Tests.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0, 1.2, new[] { 0, 0.25, 0.5, 0.75, 1, 1.25 })]
    [InlineData(0, 0.00043, new[] { 0, 0.0001, 0.0002, 0.0003, 0.0004, 0.0005 })]
    [InlineData(0.5, 1, new[] { 0.5, 0.6, 0.7, 0.8, 0.9, 1 })]
    [InlineData(0, 6016, new double[] { 0, 2000, 4000, 6000, 8000 })]
    public void Around_Range_HasRoundTicks(double lowest, double highest, double[] expected) =>
        Assert.Equal(expected, Axis.Around(lowest, highest, 0, 100).Ticks.Select(tick => Math.Round(tick, 9)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public void Around_OneNumber_IsAScale(double lowest, double highest)
    {
        var axis = Axis.Around(lowest, highest, 0, 100);

        Assert.True(axis.To > axis.From);
        Assert.All(axis.Ticks, tick => Assert.True(double.IsFinite(axis.At(tick))));
        Assert.InRange(axis.Ticks.Count(), 2, 12);
    }

    [Fact]
    public void At_OnAnAxisThatPointsUp_FallsAsNumbersRise()
    {
        var axis = new Axis(0, 2, Start: 200, End: 0, Step: 1);

        Assert.Equal([200, 100, 0], axis.Ticks.Select(axis.At));
    }
}
