using MLVision.Reports.Contents;

namespace Reports.Tests.Contents;

public sealed class SampleTests
{
    [Theory]
    [InlineData(10, 5, new[] { 1, 3, 5, 7, 9 })]
    [InlineData(3, 5, new[] { 0, 1, 2 })]
    [InlineData(7, 1, new[] { 3 })]
    public void Of_List_TakesItemsAtEqualDistances(int count, int most, int[] expected) =>
        Assert.Equal(expected, Sample.Of([.. Enumerable.Range(0, count)], most));

    [Fact]
    public void Of_NoneAskedFor_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Sample.Of([1], 0));
}
