using MLVision.Reports.Figures;

namespace Reports.Tests.Figures;

public sealed class AccuracyErrorTests
{
    /// <summary>By hand: 1.96·√(0.86·0.14/200) = 1.96·0.024536 = 0.04809.</summary>
    [Fact]
    public void HalfWidth_OfAnAccuracy_IsThatOfTheNormal() => Assert.Equal(0.04809, AccuracyError.HalfWidth(0.86, 200), 5);

    [Theory]
    [InlineData(300, 0.01)]
    [InlineData(2, 1)]
    [InlineData(0, 1)]
    public void OfNone_Images_IsThreeOverTheirNumber(int images, double expected) =>
        Assert.Equal(expected, AccuracyError.OfNone(images), 6);
}
