namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>Counts how many values of a tensor fall into each of many equal bins of its range; zeros are counted separately.</summary>
/// <param name="range">The range of all values that will be added; includes 0.</param>
internal sealed class ActivationHistogram(ActivationRange range)
{
    /// <summary>Number of bins, as in TensorRT's calibrator.</summary>
    public const int BinCount = 2048;

    private readonly long[] _bins = new long[BinCount];

    /// <summary>The range that the bins divide.</summary>
    public ActivationRange Range => range;

    /// <summary>Values other than 0, by bin.</summary>
    public ReadOnlySpan<long> Bins => _bins;

    /// <summary>Number of values that are exactly 0; after a ReLU that is about half of all.</summary>
    public long Zeros { get; private set; }

    /// <summary>Width of a bin.</summary>
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

    /// <summary>Adds the counts of another histogram of the same range.</summary>
    public void Add(ActivationHistogram other)
    {
        for (var bin = 0; bin < BinCount; bin++)
        {
            _bins[bin] += other._bins[bin];
        }

        Zeros += other.Zeros;
    }

    /// <summary>The range of some of the bins, widened to include 0.</summary>
    /// <param name="first">The first bin.</param>
    /// <param name="end">One past the last bin.</param>
    public ActivationRange RangeOf(int first, int end) => new(
        first <= 0 ? range.Minimum : Math.Min(0, (float)(range.Minimum + (first * BinWidth))),
        end >= BinCount ? range.Maximum : Math.Max(0, (float)(range.Minimum + (end * BinWidth))));
}
