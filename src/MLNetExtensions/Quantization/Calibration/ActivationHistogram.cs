namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>How often values of a tensor fall into each of many equal parts of its range; zeros are counted on their own.</summary>
/// <param name="range">The range of all values that will be added; holds 0.</param>
internal sealed class ActivationHistogram(ActivationRange range)
{
    /// <summary>Number of parts, as in TensorRT's calibrator.</summary>
    public const int BinCount = 2048;

    private readonly long[] _bins = new long[BinCount];

    /// <summary>The range that the parts divide.</summary>
    public ActivationRange Range => range;

    /// <summary>Values that are not 0, by part.</summary>
    public ReadOnlySpan<long> Bins => _bins;

    /// <summary>Values that are exactly 0: half of all after a ReLU.</summary>
    public long Zeros { get; private set; }

    /// <summary>Width of a part.</summary>
    public double BinWidth => ((double)range.Maximum - range.Minimum) / BinCount;

    /// <summary>Counts values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        var (minimum, scale, bins, zeros) = (range.Minimum, (float)(1 / BinWidth), _bins, 0L);
        foreach (var value in values)
        {
            if (value == 0)
            {
                zeros++;
            }
            else
            {
                bins[Math.Clamp((int)((value - minimum) * scale), 0, BinCount - 1)]++;
            }
        }

        Zeros += zeros;
    }

    /// <summary>Adds what another histogram of the same range has counted.</summary>
    public void Add(ActivationHistogram other)
    {
        for (var bin = 0; bin < BinCount; bin++)
        {
            _bins[bin] += other._bins[bin];
        }

        Zeros += other.Zeros;
    }

    /// <summary>The range of some of the parts, widened to 0 where it does not hold it.</summary>
    /// <param name="first">The first part.</param>
    /// <param name="end">One beyond the last part.</param>
    public ActivationRange RangeOf(int first, int end) => new(
        first <= 0 ? range.Minimum : Math.Min(0, (float)(range.Minimum + (first * BinWidth))),
        end >= BinCount ? range.Maximum : Math.Max(0, (float)(range.Minimum + (end * BinWidth))));
}
