namespace MLVision.Reports.Figures;

/// <summary>The smallest, the middle and the largest of some whole numbers.</summary>
internal readonly record struct Quantiles(int Smallest, int Median, int Largest)
{
    /// <summary>Of at least one number; of an even number of them, the lower of the two in the middle.</summary>
    public static Quantiles Of(IEnumerable<int> numbers)
    {
        var ordered = numbers.Order().ToList();
        return new Quantiles(ordered[0], ordered[(ordered.Count - 1) / 2], ordered[^1]);
    }
}
