using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>
/// How an activation tensor becomes uint8: q = round(x / <see cref="Scale"/>) + <see cref="ZeroPoint"/>, cut to 0..255.
/// </summary>
internal readonly record struct ActivationQuantization(float Scale, byte ZeroPoint)
{
    // A smaller range is a constant zero for the network; any scale will do.
    private const double SmallestWidth = 1e-20;

    /// <summary>The finest scale with which a range, widened to include 0, fits into 256 steps, one of them exactly 0.</summary>
    /// <remarks>Zero must be exact: padding is 0, and a ReLU ends there.</remarks>
    /// <exception cref="ArgumentException">The range's ends are NaN or infinite, or in the wrong order.</exception>
    public static ActivationQuantization Of(ActivationRange range)
    {
        if (!float.IsFinite(range.Minimum) || !float.IsFinite(range.Maximum) || range.Minimum > range.Maximum)
        {
            throw new ArgumentException(
                $"An activation's range must go from a number up to a number, but it is {range}.", nameof(range));
        }

        var (minimum, maximum) = (Math.Min(0.0, range.Minimum), Math.Max(0.0, range.Maximum));
        var scale = maximum - minimum < SmallestWidth ? 1 : (float)((maximum - minimum) / byte.MaxValue);
        return new ActivationQuantization(scale, (byte)Math.Round(Math.Clamp(-minimum / scale, byte.MinValue, byte.MaxValue)));
    }
}
