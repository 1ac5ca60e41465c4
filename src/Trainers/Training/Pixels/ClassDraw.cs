namespace MLVision.Trainers.Training.Pixels;

/// <summary>Draws items of every class from a list of items of which the classes are known.</summary>
internal static class ClassDraw
{
    /// <summary>Indices of a share of every class, rounded; of a class one item at least stays.</summary>
    /// <param name="labels">Class of each item.</param>
    /// <param name="fraction">The share, 0 to below 1.</param>
    /// <param name="random">Decides which.</param>
    public static IReadOnlySet<int> Share(IReadOnlyList<int> labels, double fraction, Random random)
    {
        var part = new HashSet<int>();
        foreach (var indices in ByClass(labels))
        {
            random.Shuffle(indices);
            var wanted = (int)Math.Round(fraction * indices.Length, MidpointRounding.AwayFromZero);
            part.UnionWith(indices.Take(Math.Min(wanted, indices.Length - 1)));
        }

        return part;
    }

    /// <summary>Indices of so many items of every class, or of all where there are fewer; in ascending order.</summary>
    /// <param name="labels">Class of each item.</param>
    /// <param name="mostPerClass">The largest number of a class; 0 or more.</param>
    /// <param name="random">Decides which.</param>
    public static int[] UpTo(IReadOnlyList<int> labels, int mostPerClass, Random random) =>
    [
        .. ByClass(labels).SelectMany(indices =>
        {
            random.Shuffle(indices);
            return indices.Take(mostPerClass);
        }).Order(),
    ];

    private static IEnumerable<int[]> ByClass(IReadOnlyList<int> labels) =>
        Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => group.ToArray());
}
