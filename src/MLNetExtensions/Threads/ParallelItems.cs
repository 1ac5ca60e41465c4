using System.Runtime.ExceptionServices;

namespace MLVision.MLNetExtensions.Threads;

/// <summary>Runs slow work on many items, in any order.</summary>
internal static class ParallelItems
{
    /// <summary>
    /// Calls the action for every number from 0 to below <paramref name="count"/>, on several threads including the caller's.
    /// </summary>
    /// <remarks>
    /// Each thread takes the next number when it is free. <see cref="Parallel"/> alone hands out up to sixteen at once: at the end of a
    /// hundred images a core would be idle for the time of sixteen.
    /// </remarks>
    /// <param name="count">Number of items.</param>
    /// <param name="threads">Largest number of threads; at least 1.</param>
    /// <param name="action">The work on one item. After an error or cancellation no more items are started.</param>
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

    /// <summary>
    /// The same for work that waits more than it computes: on the caller's thread and threads of its own, so that the pool's are there for
    /// what is computed meanwhile.
    /// </summary>
    /// <inheritdoc cref="ForEach"/>
    public static void ForEachWaiting(int count, int threads, Action<int> action, CancellationToken cancellationToken)
    {
        var next = -1;
        Exception? error = null;
        Thread[] others =
        [
            .. Enumerable.Range(1, Math.Max(0, Math.Min(threads, count) - 1))
                .Select(_ => new Thread(Work) { IsBackground = true, Name = "mlvision scoring" }),
        ];
        Array.ForEach(others, thread => thread.Start());
        Work();
        Array.ForEach(others, thread => thread.Join());
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        void Work()
        {
            try
            {
                int item;
                while (Volatile.Read(ref error) is null && (item = Interlocked.Increment(ref next)) < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    action(item);
                }
            }
            catch (Exception e)
            {
                // It is thrown on the caller's thread, when all others have ended.
                Interlocked.CompareExchange(ref error, e, null);
            }
        }
    }
}
