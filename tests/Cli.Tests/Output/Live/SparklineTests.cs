using MLVision.Cli.Output.Live;

namespace Cli.Tests.Output.Live;

public sealed class SparklineTests
{
    /// <summary>Eight heights: 0, 1 … 7 seventh parts of the way.</summary>
    [Theory]
    [InlineData(new[] { 7.0, 6, 5, 4, 3, 2, 1, 0 }, "█▇▆▅▄▃▂▁")]
    [InlineData(new[] { 2.0, 1.0 }, "█▁")]
    [InlineData(new[] { 0.5, 0.5 }, "▁▁")]
    [InlineData(new[] { 1.0, double.PositiveInfinity, 0 }, "██▁")]
    [InlineData(new[] { double.NaN }, "█")]
    [InlineData(new double[0], "")]
    public void Of_Numbers_AreAsHighAsTheyAre(double[] numbers, string expected) => Assert.Equal(expected, Sparkline.Of(numbers, width: 8));

    [Fact]
    public void Of_MoreThanFit_ShowsTheLast() => Assert.Equal("█▁", Sparkline.Of([100, 2, 1], width: 2));
}
