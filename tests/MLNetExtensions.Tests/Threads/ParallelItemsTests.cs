using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Threads;

namespace MLNetExtensions.Tests.Threads;

public sealed class ParallelItemsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(100, 1)]
    [InlineData(100, 3)]
    public void ForEach_AnyNumber_DoesEachOnce(int count, int threads)
    {
        var done = new int[count];

        ParallelItems.ForEach(count, threads, item => Interlocked.Increment(ref done[item]), Cancellation);

        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(100, 1)]
    [InlineData(100, 3)]
    public void ForEachWaiting_AnyNumber_DoesEachOnce(int count, int threads)
    {
        var done = new int[count];

        ParallelItems.ForEachWaiting(count, threads, item => Interlocked.Increment(ref done[item]), Cancellation);

        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ForEachWaiting_Error_IsThrownAsItIsAndBeginsNoMore(int threads)
    {
        var begun = 0;

        Assert.Throws<ImageDataException>(() => ParallelItems.ForEachWaiting(
            1000, threads, item => throw new ImageDataException($"{Interlocked.Increment(ref begun)}"), Cancellation));

        Assert.InRange(begun, 1, threads);
    }

    [Fact]
    public void ForEachWaiting_Cancelled_Throws() => Assert.ThrowsAny<OperationCanceledException>(
        () => ParallelItems.ForEachWaiting(10, 2, _ => { }, new CancellationToken(canceled: true)));

    [Fact]
    public void ForEach_Error_IsThrownAsItIsAndBeginsNoMore()
    {
        var begun = 0;

        var error = Assert.Throws<ImageDataException>(() => ParallelItems.ForEach(
            1000, 1, item => throw new ImageDataException($"{Interlocked.Increment(ref begun)}"), Cancellation));

        Assert.Equal("1", error.Message);
        Assert.Equal(1, begun);
    }

    [Fact]
    public void ForEach_Cancelled_BeginsNoMore()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var begun = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => ParallelItems.ForEach(1000, 1, item =>
        {
            begun++;
            stop.Cancel();
        }, stop.Token));

        Assert.Equal(1, begun);
    }
}
