namespace MLVision.Reports.Contents;

/// <summary>Some of many, the same ones every time.</summary>
public static class Sample
{
    /// <summary>Items at equal distances in a list; all of them, if they are not more than asked for.</summary>
    /// <remarks>Of a list that is sorted by class, every class gets its share.</remarks>
    /// <param name="items">The list.</param>
    /// <param name="most">How many to take; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1.</exception>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items, int most)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return items.Count <= most
            ? items
            : [.. Enumerable.Range(0, most).Select(i => items[(int)((i + 0.5) * items.Count / most)])];
    }
}
