namespace MLVision.Trainers.Training.Batches;

/// <summary>Makes the next one of a sequence while the current one is used.</summary>
internal static class Prefetch
{
    /// <summary>The same sequence, of which one element more than asked for is made ahead, on another thread.</summary>
    /// <remarks>
    /// An exception comes where the element would have come. Elements belong to whoever receives them; who stops early waits for the
    /// one that is being made, and it is disposed. The source runs on one thread at a time, but not always on the same.
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
