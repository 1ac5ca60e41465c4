using System.Numerics;

namespace MLVision.MLNetExtensions.Doctor.Pictures;

/// <summary>A hash that is nearly the same for pictures that look nearly the same, whatever their size, format and quality.</summary>
/// <remarks>
/// The picture is shrunk to 32×32 grey values; of its cosine transform the 8×8 lowest frequencies but the very lowest count, each as one
/// bit: whether it is above their median. Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions",
/// §3.2.1.
/// </remarks>
internal static class PerceptualHash
{
    /// <summary>Number of bits.</summary>
    public const int Bits = 64;

    private const int Size = 32;
    private const int Kept = 8;

    private static readonly float[] Cosines = MakeCosines();

    /// <summary>Hashes the grey values [size, size] of a picture.</summary>
    public static ulong Of(ReadOnlySpan<float> grey, int size)
    {
        Span<float> small = stackalloc float[Size * Size];
        Shrink(grey, size, small);
        Span<float> rows = stackalloc float[Size * Kept];
        for (var y = 0; y < Size; y++)
        {
            for (var u = 0; u < Kept; u++)
            {
                var sum = 0f;
                for (var x = 0; x < Size; x++)
                {
                    sum += small[(y * Size) + x] * Cosines[(u * Size) + x];
                }

                rows[(u * Size) + y] = sum;
            }
        }

        Span<float> frequencies = stackalloc float[Bits];
        for (var v = 0; v < Kept; v++)
        {
            for (var u = 0; u < Kept; u++)
            {
                var sum = 0f;
                for (var y = 0; y < Size; y++)
                {
                    sum += rows[(u * Size) + y] * Cosines[(v * Size) + y];
                }

                frequencies[(v * Kept) + u] = sum;
            }
        }

        return AboveMedian(frequencies);
    }

    /// <summary>Number of bits that differ, 0 to 64; unrelated pictures differ in about 32.</summary>
    public static int Distance(ulong a, ulong b) => BitOperations.PopCount(a ^ b);

    /// <summary>Averages the values that fall into each cell; enlarges by repeating.</summary>
    private static void Shrink(ReadOnlySpan<float> grey, int size, Span<float> small)
    {
        for (var y = 0; y < Size; y++)
        {
            var (top, bottom) = (y * size / Size, Math.Max(((y + 1) * size / Size), (y * size / Size) + 1));
            for (var x = 0; x < Size; x++)
            {
                var (left, right) = (x * size / Size, Math.Max(((x + 1) * size / Size), (x * size / Size) + 1));
                var sum = 0f;
                for (var row = top; row < bottom; row++)
                {
                    for (var column = left; column < right; column++)
                    {
                        sum += grey[(row * size) + column];
                    }
                }

                small[(y * Size) + x] = sum / ((bottom - top) * (right - left));
            }
        }
    }

    private static ulong AboveMedian(ReadOnlySpan<float> frequencies)
    {
        Span<float> sorted = stackalloc float[Bits];
        frequencies.CopyTo(sorted);
        sorted.Sort();
        var median = (sorted[(Bits / 2) - 1] + sorted[Bits / 2]) / 2;
        var hash = 0UL;
        for (var bit = 0; bit < Bits; bit++)
        {
            hash |= frequencies[bit] > median ? 1UL << bit : 0;
        }

        return hash;
    }

    /// <summary>Rows of the cosine transform for the frequencies 1 to 8.</summary>
    private static float[] MakeCosines()
    {
        var cosines = new float[Kept * Size];
        for (var u = 0; u < Kept; u++)
        {
            for (var x = 0; x < Size; x++)
            {
                cosines[(u * Size) + x] = MathF.Cos(MathF.PI * ((2 * x) + 1) * (u + 1) / (2 * Size));
            }
        }

        return cosines;
    }
}
