using MLVision.Reports.Figures;

namespace Reports.Tests.Figures;

public sealed class QuantilesTests
{
    [Theory]
    [InlineData(new[] { 5, 1, 3 }, 1, 3, 5)]
    [InlineData(new[] { 4, 1, 3, 2 }, 1, 2, 4)]
    [InlineData(new[] { 7 }, 7, 7, 7)]
    public void Of_Numbers_AreEndsAndMiddle(int[] numbers, int smallest, int median, int largest) =>
        Assert.Equal(new Quantiles(smallest, median, largest), Quantiles.Of(numbers));
}
