using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Resizes a part of an image to a square, bilinearly.</summary>
/// <remarks>
/// The result is Pillow's, bit for bit: first horizontally, then vertically, each rounded to bytes, with weights of 22 binary digits. If
/// the part is larger than the square, which needs stored images larger than the network's input, the triangle widens so that every pixel
/// counts (antialiasing).
/// </remarks>
internal static class BilinearResize
{
    /// <summary>Extra bytes that the target needs after its pixels, because four are written at a time.</summary>
    public const int Padding = 1;

    private const int Channels = 3;
    private const int WeightBits = 22;
    private const int Half = 1 << (WeightBits - 1);

    /// <summary>Fills the target.</summary>
    /// <param name="image">Bytes [imageSize, imageSize, 3].</param>
    /// <param name="imageSize">Width and height of the image in pixels.</param>
    /// <param name="window">The part.</param>
    /// <param name="target">Bytes [size, size, 3], and <see cref="Padding"/>.</param>
    /// <param name="size">Width and height of the target in pixels.</param>
    public static void Resize(ReadOnlySpan<byte> image, int imageSize, PixelWindow window, Span<byte> target, int size)
    {
        var (rowLength, targetRow) = (window.Width * Channels, size * Channels);
        var across = ArrayPool<byte>.Shared.Rent((window.Height * targetRow) + Padding);
        var row = ArrayPool<byte>.Shared.Rent(rowLength + Padding);
        var columns = new Taps(window.Width, size);
        for (var y = 0; y < window.Height; y++)
        {
            image.Slice((((window.Top + y) * imageSize) + window.Left) * Channels, rowLength).CopyTo(row);
            ResizeRow(row, across.AsSpan(y * targetRow, targetRow + Padding), columns);
        }

        var rows = new Taps(window.Height, size);
        for (var y = 0; y < size; y++)
        {
            BlendRows(across.AsSpan(rows.First[y] * targetRow), rows.Of(y), target.Slice(y * targetRow, targetRow));
        }

        ArrayPool<byte>.Shared.Return(row);
        ArrayPool<byte>.Shared.Return(across);
    }

    /// <summary>A pixel is four lanes. The last one belongs to the next pixel; its result is overwritten.</summary>
    private static void ResizeRow(ReadOnlySpan<byte> row, Span<byte> target, Taps taps)
    {
        ref var to = ref MemoryMarshal.GetReference(target);
        for (var x = 0; x < taps.First.Length; x++)
        {
            var pixels = row[(taps.First[x] * Channels)..];
            var sum = Vector128.Create(Half);
            var weights = taps.Of(x);
            for (var i = 0; i < weights.Length; i++)
            {
                sum += Lanes(pixels[(i * Channels)..]) * weights[i];
            }

            var bytes = Vector128.Narrow(Vector128.Narrow(sum >> WeightBits, Vector128<int>.Zero), Vector128<short>.Zero);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, x * Channels), bytes.AsUInt32().ToScalar());
        }
    }

    private static Vector128<int> Lanes(ReadOnlySpan<byte> pixel) => Vector128.WidenLower(
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<uint>(pixel)).AsByte())).AsInt32();

    private static void BlendRows(ReadOnlySpan<byte> rows, ReadOnlySpan<int> weights, Span<byte> target)
    {
        if (weights.Length == 1)
        {
            rows[..target.Length].CopyTo(target);
            return;
        }

        var x = 0;
        for (; x + Vector<byte>.Count <= target.Length; x += Vector<byte>.Count)
        {
            var (a, b, c, d) = (new Vector<int>(Half), new Vector<int>(Half), new Vector<int>(Half), new Vector<int>(Half));
            for (var i = 0; i < weights.Length; i++)
            {
                Vector.Widen(new Vector<byte>(rows[((i * target.Length) + x)..]), out var low, out var high);
                Vector.Widen(low, out var first, out var second);
                Vector.Widen(high, out var third, out var fourth);
                var weight = new Vector<int>(weights[i]);
                a += first.As<uint, int>() * weight;
                b += second.As<uint, int>() * weight;
                c += third.As<uint, int>() * weight;
                d += fourth.As<uint, int>() * weight;
            }

            Vector.Narrow(
                Vector.Narrow(a >> WeightBits, b >> WeightBits).As<short, ushort>(),
                Vector.Narrow(c >> WeightBits, d >> WeightBits).As<short, ushort>()).CopyTo(target[x..]);
        }

        for (; x < target.Length; x++)
        {
            var sum = Half;
            for (var i = 0; i < weights.Length; i++)
            {
                sum += rows[(i * target.Length) + x] * weights[i];
            }

            target[x] = (byte)(sum >> WeightBits);
        }
    }

    /// <summary>Which input pixels contribute to each output pixel, and with what weights.</summary>
    private readonly struct Taps
    {
        private readonly int _most;
        private readonly int[] _counts;
        private readonly int[] _weights;

        public Taps(int inputs, int outputs)
        {
            var scale = (double)inputs / outputs;
            var support = Math.Max(1, scale);    // half the triangle's base
            _most = ((int)Math.Ceiling(support) * 2) + 1;
            (First, _counts, _weights) = (new int[outputs], new int[outputs], new int[outputs * _most]);
            Span<double> shares = stackalloc double[_most];
            for (var output = 0; output < outputs; output++)
            {
                var center = (output + 0.5) * scale;
                var first = Math.Max(0, (int)(center - support + 0.5));
                var count = Math.Min(inputs, (int)(center + support + 0.5)) - first;
                var sum = 0.0;
                for (var i = 0; i < count; i++)
                {
                    shares[i] = Math.Max(0, 1 - Math.Abs((first + i + 0.5 - center) / support));
                    sum += shares[i];
                }

                for (var i = 0; i < count; i++)
                {
                    _weights[(output * _most) + i] = (int)((shares[i] / sum * (1 << WeightBits)) + 0.5);
                }

                (First[output], _counts[output]) = (first, count);
            }
        }

        /// <summary>The first input of each output.</summary>
        public int[] First { get; }

        /// <summary>The weights of an output's inputs, from the first on.</summary>
        public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * _most, _counts[output]);
    }
}
