using System.Runtime.ExceptionServices;

namespace MLVision.MLNetExtensions.Threads;

/// <summary>Work on many items whose order does not matter, each of which takes long.</summary>
internal static class ParallelItems
{
    /// <summary>Calls for every number from 0 to below <paramref name="count"/>, on so many threads, the caller's among them.</summary>
    /// <remarks>
    /// Each thread takes the next number when it is done with one. <see cref="Parallel"/> by itself hands out up to sixteen at once, which
    /// at the end of a hundred images leaves a core idle for the time of sixteen.
    /// </remarks>
    /// <param name="count">How many items there are.</param>
    /// <param name="threads">Threads at most; at least 1.</param>
    /// <param name="action">What is done; after an error, or after cancellation, no more items are begun.</param>
    /// <param name="cancellationToken">Stops before the next item.</param>
    public static void ForEach(int count, int threads, Action<int> action, CancellationToken cancellationToken)
    {
        var next = -1;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, Math.Min(threads, count), parallel, (_, loop) =>
            {
                int item;
                while (!loop.ShouldExitCurrentIteration && (item = Interlocked.Increment(ref next)) < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    action(item);
                }
            });
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
