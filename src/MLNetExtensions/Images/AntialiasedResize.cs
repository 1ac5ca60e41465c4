using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNetExtensions;

/// <summary>Shrinks an image so that its centre fills a square, averaging over all pixels that fall together.</summary>
/// <remarks>
/// Each source row is filtered along its length once, when the first target row needs it, and kept in a ring of as many rows as a
/// target row averages: what is worked on stays in the processor's cache. What lies outside the square is not looked at.
/// </remarks>
internal static class AntialiasedResize
{
    private const int Bgra = 4;

    /// <summary>Shrinks.</summary>
    /// <param name="source">Pixels of four bytes, without gaps between rows.</param>
    /// <param name="blueFirst">Whether blue comes first in the source.</param>
    /// <param name="width">Source pixels a row.</param>
    /// <param name="height">Source rows.</param>
    /// <param name="place">Where the source comes to lie.</param>
    /// <param name="scale">Source pixels a target pixel, across and down; at least 1.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    public static void Draw(
        ReadOnlySpan<byte> source, bool blueFirst, int width, int height, SquarePlacement place, (double X, double Y) scale, int size, Span<byte> pixels)
    {
        var acrossBytes = FilterAxis.BytesNeeded(size, scale.X, width, copies: Bgra);
        var downBytes = FilterAxis.BytesNeeded(size, scale.Y, height, copies: 1);
        var rowLength = size * Bgra;
        var rows = FilterAxis.TapsFor(scale.Y, height);
        using var memory = new ScratchBytes(acrossBytes + downBytes + ((rows + 1) * rowLength * sizeof(float)) + rowLength);
        var across = FilterAxis.Create(memory.Span[..acrossBytes], size, place.Left, scale.X, width, copies: Bgra);
        var down = FilterAxis.Create(memory.Span.Slice(acrossBytes, downBytes), size, place.Top, scale.Y, height, copies: 1);
        var floats = MemoryMarshal.Cast<byte, float>(memory.Span.Slice(acrossBytes + downBytes, (rows + 1) * rowLength * sizeof(float)));
        var ring = new Ring(floats[..^rowLength], rowLength, rows);
        var sum = floats[^rowLength..];
        var bytes = memory.Span[^rowLength..];

        var filtered = 0;    // source rows before this one went through the ring
        for (var y = 0; y < size; y++)
        {
            var first = down.First[y];
            for (filtered = Math.Max(filtered, first); filtered < first + rows; filtered++)
            {
                FilterRow(source.Slice(filtered * width * Bgra, width * Bgra), across, ring.Row(filtered));
            }

            var weights = down.Weights(y);
            sum.Fill(0.5f);    // turning into whole numbers cuts off
            for (var tap = 0; tap < rows; tap++)
            {
                AddTimes(ring.Row(first + tap), weights[tap], sum);
            }

            ToBytes(sum, bytes);
            Rgb.FromFourBytes(bytes, blueFirst, pixels.Slice(y * size * Rgb.Channels, size * Rgb.Channels));
        }
    }

    private static void FilterRow(ReadOnlySpan<byte> source, FilterAxis across, Span<float> target)
    {
        // Without bounds checks: FilterAxis sees to it that all taps of all its targets exist.
        ref var pixels = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(source));
        ref var weight = ref MemoryMarshal.GetReference(across.AllWeights);
        ref var result = ref MemoryMarshal.GetReference(target);
        var taps = across.Taps;
        foreach (var first in across.First)
        {
            ref var pixel = ref Unsafe.Add(ref pixels, first);
            var pairs = Vector256<float>.Zero;
            var tap = 0;
            for (; tap + 1 < taps; tap += 2)
            {
                var two = Unsafe.As<uint, ulong>(ref Unsafe.Add(ref pixel, tap));
                var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(two).AsByte()));
                var values = Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
                pairs = Vector256.MultiplyAddEstimate(values, Vector256.LoadUnsafe(ref weight), pairs);
                weight = ref Unsafe.Add(ref weight, 2 * Bgra);
            }

            var sum = pairs.GetLower() + pairs.GetUpper();
            if (tap < taps)
            {
                var one = Vector128.CreateScalarUnsafe(Unsafe.Add(ref pixel, tap)).AsByte();
                var values = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(one)).AsInt32());
                sum = Vector128.MultiplyAddEstimate(values, Vector128.LoadUnsafe(ref weight), sum);
                weight = ref Unsafe.Add(ref weight, Bgra);
            }

            sum.StoreUnsafe(ref result);
            result = ref Unsafe.Add(ref result, Bgra);
        }
    }

    /// <summary>Adds the row, times the weight, to the sum; lengths are multiples of four.</summary>
    private static void AddTimes(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        var rows = MemoryMarshal.Cast<float, Vector128<float>>(row);
        var sums = MemoryMarshal.Cast<float, Vector128<float>>(sum);
        var weights = Vector128.Create(weight);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = Vector128.MultiplyAddEstimate(rows[i], weights, sums[i]);
        }
    }

    /// <summary>Cuts numbers from 0 to below 256 off to bytes.</summary>
    private static void ToBytes(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        var fours = MemoryMarshal.Cast<float, Vector128<float>>(values);
        var packed = MemoryMarshal.Cast<byte, uint>(bytes);
        for (var i = 0; i < packed.Length; i++)
        {
            var words = Vector128.Narrow(Vector128.ConvertToInt32Native(fours[i]), Vector128<int>.Zero).AsUInt16();
            packed[i] = Vector128.Narrow(words, words).AsUInt32().ToScalar();
        }
    }

    /// <summary>The last few source rows, filtered along their length.</summary>
    private readonly ref struct Ring(Span<float> memory, int rowLength, int rows)
    {
        private readonly Span<float> _memory = memory;

        public Span<float> Row(int row) => _memory.Slice(row % rows * rowLength, rowLength);
    }
}
