namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary><see cref="CalibrationMethod.Entropy"/>: the range whose int8 values say most about the float values.</summary>
/// <remarks>
/// For each candidate range, P is the distribution of the values, with those outside clipped to the range's ends. Q is the distribution of
/// the values inside after rounding to 256 levels; each level's count is spread evenly over those of its bins in which P has values. The
/// candidate with the smallest Kullback-Leibler divergence of Q from P is chosen. Candidates reach equally far to both sides of 0, as far
/// as there are values: a tensor without negative values has candidates that begin at 0. Source: Migacz 2017, "8-bit Inference with
/// TensorRT", GTC 2017 S7310; ONNX Runtime's <c>calibrate.py</c>, <c>get_entropy_threshold</c>.
/// </remarks>
internal static class EntropyRange
{
    private const int Levels = 256;

    // Candidates differ by 8 of 2048 bins: 0.4 % of the whole range, for an eighth of the work.
    private const int Stride = 8;

    // Replaces a count of 0 where P has values but Q has none, as in ONNX Runtime's smooth_distribution.
    private const double SmallestCount = 1e-4;

    /// <summary>Finds the range.</summary>
    public static ActivationRange Of(ActivationHistogram histogram)
    {
        var (best, leastDivergence) = (histogram.Range, double.PositiveInfinity);
        if (histogram.BinWidth > 0)
        {
            var zero = -histogram.Range.Minimum / histogram.BinWidth;
            for (var reach = Math.Max(zero, ActivationHistogram.BinCount - zero); reach > 0; reach -= Stride)
            {
                var first = Math.Max(0, (int)Math.Floor(zero - reach));
                var end = Math.Min(ActivationHistogram.BinCount, (int)Math.Ceiling(zero + reach));
                if (end - first < Levels)
                {
                    break;
                }

                var divergence = Divergence(histogram.Bins, first, end);
                if (divergence < leastDivergence)
                {
                    (best, leastDivergence) = (histogram.RangeOf(first, end), divergence);
                }
            }
        }

        return best;
    }

    /// <summary>The Kullback-Leibler divergence, in nats, for a range of bins; infinite if it contains no values.</summary>
    internal static double Divergence(ReadOnlySpan<long> bins, int first, int end)
    {
        var inside = bins[first..end];
        var (below, above, total) = (Sum(bins[..first]), Sum(bins[end..]), Sum(inside));
        if (total == 0)
        {
            return double.PositiveInfinity;
        }

        var divergence = 0.0;
        var (all, last) = ((double)(total + below + above), inside.Length - 1);
        for (int level = 0, start = 0; level < Levels; level++)
        {
            var stop = (int)((level + 1L) * inside.Length / Levels);
            var (count, occupied) = (0L, 0);
            for (var bin = start; bin < stop; bin++)
            {
                count += inside[bin];
                occupied += Clipped(inside, bin) > 0 ? 1 : 0;
            }

            var q = Math.Max((double)count / Math.Max(occupied, 1), SmallestCount) / total;
            for (var bin = start; bin < stop; bin++)
            {
                if (Clipped(inside, bin) is > 0 and var clipped)
                {
                    var p = clipped / all;
                    divergence += p * Math.Log(p / q);
                }
            }

            start = stop;
        }

        return divergence;

        long Clipped(ReadOnlySpan<long> values, int bin) => values[bin] + (bin == 0 ? below : 0) + (bin == last ? above : 0);
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
