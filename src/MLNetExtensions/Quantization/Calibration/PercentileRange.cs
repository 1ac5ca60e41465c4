namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary><see cref="CalibrationMethod.Percentile"/>: the range that holds a given share of the values.</summary>
internal static class PercentileRange
{
    // A rounding error must not keep a value that may be cut off.
    private const double Tolerance = 1e-9;

    /// <summary>Finds the range, to the width of one bin of the histogram.</summary>
    /// <param name="histogram">The values.</param>
    /// <param name="percentile">Percent of the values that must lie within the range; above 50.</param>
    public static ActivationRange Of(ActivationHistogram histogram, double percentile)
    {
        var bins = histogram.Bins.ToArray();
        var range = histogram.Range;
        if (histogram.Zeros > 0 && histogram.BinWidth > 0)
        {
            bins[Math.Min((int)(-range.Minimum / histogram.BinWidth), bins.Length - 1)] += histogram.Zeros;
        }

        var rest = (bins.Sum() * (100 - percentile) / 100) + Tolerance;
        var isOneSided = range.Minimum == 0 || range.Maximum == 0;
        var perSide = isOneSided ? rest : rest / 2;
        var (first, end) = (0, bins.Length);
        for (var cut = range.Minimum < 0 ? perSide : -1; first < end && bins[first] <= cut; first++)
        {
            cut -= bins[first];
        }

        for (var cut = range.Maximum > 0 ? perSide : -1; end > first && bins[end - 1] <= cut; end--)
        {
            cut -= bins[end - 1];
        }

        return histogram.RangeOf(first, end);
    }
}
