using System.Numerics;
using MLVision.Trainers.Preprocessing;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Converts bytes to the network's input: subtracts the channel's mean and divides by its standard deviation.</summary>
internal sealed class PixelNormalizer
{
    private const int Channels = 3;

    // One mean and factor per byte of three vectors, after which the pattern of channels repeats.
    private readonly float[] _means = new float[Channels * Vector<byte>.Count];
    private readonly float[] _factors = new float[Channels * Vector<byte>.Count];

    /// <summary>Prepares the means and factors on the scale 0..255.</summary>
    public PixelNormalizer(Normalization normalization)
    {
        for (var i = 0; i < _means.Length; i++)
        {
            _means[i] = normalization.Mean[i % Channels] * 255f;
            _factors[i] = 1f / (normalization.StandardDeviation[i % Channels] * 255f);
        }
    }

    /// <summary>Converts whole pixels: bytes [n, 3] to floats [n, 3].</summary>
    public void Normalize(ReadOnlySpan<byte> pixels, Span<float> target)
    {
        var i = 0;
        for (; i + _means.Length <= pixels.Length; i += _means.Length)
        {
            for (var part = 0; part < _means.Length; part += Vector<byte>.Count)
            {
                Convert(new Vector<byte>(pixels[(i + part)..]), part, target[(i + part)..]);
            }
        }

        for (; i < pixels.Length; i++)
        {
            target[i] = (pixels[i] - _means[i % Channels]) * _factors[i % Channels];
        }
    }

    private void Convert(Vector<byte> bytes, int at, Span<float> target)
    {
        Vector.Widen(bytes, out var low, out var high);
        Vector.Widen(low, out var first, out var second);
        Vector.Widen(high, out var third, out var fourth);
        var step = Vector<float>.Count;
        Convert(first, at, target);
        Convert(second, at + step, target[step..]);
        Convert(third, at + (2 * step), target[(2 * step)..]);
        Convert(fourth, at + (3 * step), target[(3 * step)..]);
    }

    private void Convert(Vector<uint> values, int at, Span<float> target) =>
        ((Vector.ConvertToSingle(values.As<uint, int>()) - new Vector<float>(_means, at)) * new Vector<float>(_factors, at)).CopyTo(target);
}
