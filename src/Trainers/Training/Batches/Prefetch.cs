namespace MLVision.Trainers.Training.Batches;

/// <summary>Makes the next element of a sequence while the current one is used.</summary>
internal static class Prefetch
{
    /// <summary>The same sequence; on another thread, one element more than was asked for is made in advance.</summary>
    /// <remarks>
    /// An exception is thrown in place of its element. Whoever receives an element owns it. A consumer that stops early waits until the
    /// element in progress is made; it is then disposed. The source runs on one thread at a time, but not always on the same thread.
    /// </remarks>
    public static IEnumerable<T> OneAhead<T>(IEnumerable<T> source)
        where T : class, IDisposable
    {
        using var elements = source.GetEnumerator();
        var next = NextAsync(elements);
        try
        {
            while (next.GetAwaiter().GetResult() is { } element)
            {
                next = NextAsync(elements);
                yield return element;
            }
        }
        finally
        {
            Task.WaitAny(next);
            if (next.Exception is null)
            {
                next.Result?.Dispose();
            }
        }
    }

    private static Task<T?> NextAsync<T>(IEnumerator<T> elements)
        where T : class => Task.Run(() => elements.MoveNext() ? elements.Current : null);
}
