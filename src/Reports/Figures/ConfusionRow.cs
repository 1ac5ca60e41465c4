namespace MLVision.Reports.Figures;

/// <summary>What the images of a class are taken for.</summary>
/// <param name="Label">The class.</param>
/// <param name="Place">Its own column.</param>
/// <param name="Images">Number of its images.</param>
/// <param name="Counts">How many are given the class of each column.</param>
/// <param name="Others">How many are given a class that has no column.</param>
internal sealed record ConfusionRow(string Label, int Place, int Images, IReadOnlyList<int> Counts, int Others)
{
    /// <summary>A count's share of the class's images, 0..1.</summary>
    public double Share(int count) => Images == 0 ? 0 : (double)count / Images;
}
