using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class BatchShapesTests
{
    private const int Capacity = 64;

    private readonly BatchShapes _shapes = new(areFew: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1, 8)]
    [InlineData(16, 1, 8, 16)]
    [InlineData(64, 1, 8, 64)]
    [InlineData(100, 1, 8, 64, 100)]
    public void Few_Capacity_AreTheseSizes(int capacity, params int[] expected) => Assert.Equal(expected, BatchShapes.Few(capacity));

    [Fact]
    public void Of_OnACpu_IsTheCount() => Assert.Equal([5, 1, 64, 2], Sizes(new BatchShapes(areFew: false), 5, 1, 64, 2));

    [Fact]
    public void Of_GrowingCounts_RoundsUp() => Assert.Equal([1, 8, 8, 64, 64], Sizes(_shapes, 1, 2, 8, 9, 64));

    [Fact]
    public void Of_FewSmallerCounts_StaysAtTheSize()
    {
        _shapes.Of(64, Capacity);

        var sizes = Enumerable.Range(0, BatchShapes.Patience).Select(_ => _shapes.Of(1, Capacity)).ToList();

        Assert.All(sizes, size => Assert.Equal(64, size));
    }

    [Fact]
    public void Of_ManySmallerCounts_ShrinksToTheLargestOfThem()
    {
        _shapes.Of(64, Capacity);
        foreach (var call in Enumerable.Range(0, BatchShapes.Patience))
        {
            _shapes.Of(call == 7 ? 3 : 1, Capacity);
        }

        Assert.Equal([8, 8], Sizes(_shapes, 1, 1));
    }

    [Fact]
    public void Of_LargeCountBetweenSmallOnes_BeginsToCountAnew()
    {
        _shapes.Of(64, Capacity);
        for (var call = 0; call < 4 * BatchShapes.Patience; call++)
        {
            Assert.Equal(64, _shapes.Of(call % BatchShapes.Patience == 0 ? 64 : 1, Capacity));
        }
    }

    [Fact]
    public void Of_BatchOfAnotherCapacity_IsNoLargerThanThat()
    {
        _shapes.Of(64, Capacity);

        Assert.Equal(10, _shapes.Of(2, capacity: 10));
    }

    private static IEnumerable<int> Sizes(BatchShapes shapes, params int[] counts) => counts.Select(count => shapes.Of(count, Capacity));
}
