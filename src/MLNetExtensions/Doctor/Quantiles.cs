namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Middles of values.</summary>
internal static class Quantiles
{
    /// <summary>The median; the mean of the two middle values where their number is even, 0 where there are none.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
