using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>Resizes an image so that its centre fills a square, first along the rows, then down the columns.</summary>
/// <remarks>
/// Each source row is filtered horizontally once, when the first target row needs it. A ring keeps as many filtered rows as one target row
/// needs, so the data stays in the processor's cache. Pixels outside the square are not read.
/// </remarks>
internal static class SeparableResize
{
    private const int Bgra = 4;

    /// <summary>Resizes.</summary>
    /// <param name="source">Pixels of four bytes, without gaps between rows: at least the part of the image that is needed.</param>
    /// <param name="blueFirst">Whether blue comes first in the source.</param>
    /// <param name="part">Where in the image the source lies, in source pixels.</param>
    /// <param name="plan">How the whole image is resized.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    public static void Draw(
        ReadOnlySpan<byte> source, bool blueFirst, SKRectI part, ResizePlan plan, int size, Span<byte> pixels)
    {
        var (width, height) = (part.Width, part.Height);
        var (place, scaleX, scaleY, kernel) = plan;
        var acrossBytes = FilterAxis.BytesNeeded(kernel, size, scaleX, width, copies: Bgra);
        var downBytes = FilterAxis.BytesNeeded(kernel, size, scaleY, height, copies: 1);
        var rowLength = size * Bgra;
        var rows = FilterAxis.TapsFor(kernel, scaleY, height);
        using var memory = new ScratchBytes(acrossBytes + downBytes + (rows * rowLength * sizeof(float)) + rowLength);
        var across = FilterAxis.Create(
            kernel, memory.Span[..acrossBytes], size, place.Left, scaleX, (part.Left, part.Right), copies: Bgra);
        var down = FilterAxis.Create(
            kernel, memory.Span.Slice(acrossBytes, downBytes), size, place.Top, scaleY, (part.Top, part.Bottom), copies: 1);
        var ring = MemoryMarshal.Cast<byte, float>(memory.Span.Slice(acrossBytes + downBytes, rows * rowLength * sizeof(float)));
        var bytes = memory.Span[^rowLength..];

        var filtered = 0;    // source rows before this one have been filtered
        for (var y = 0; y < size; y++)
        {
            var first = down.First[y];
            for (filtered = Math.Max(filtered, first); filtered < first + rows; filtered++)
            {
                FilterRow(source.Slice(filtered * width * Bgra, width * Bgra), across, ring.Slice(filtered % rows * rowLength, rowLength));
            }

            AddRows(ring, first % rows, down.Weights(y), bytes);
            Rgb.FromFourBytes(bytes, blueFirst, pixels.Slice(y * size * Rgb.Channels, size * Rgb.Channels));
        }
    }

    private static void FilterRow(ReadOnlySpan<byte> source, FilterAxis across, Span<float> target)
    {
        // Without bounds checks: FilterAxis guarantees that all taps of all its targets exist.
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
                var values = Vector256.ConvertToSingle(
                    Widen(Vector128.CreateScalarUnsafe(Unsafe.As<uint, ulong>(ref Unsafe.Add(ref pixel, tap))).AsByte()));
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

    /// <summary>Converts the first eight bytes to numbers.</summary>
    private static Vector256<int> Widen(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32(bytes);
        }

        var (low, high) = Vector128.Widen(Vector128.WidenLower(bytes));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>Adds up the rows of the ring, each times its weight, and converts the sums to bytes.</summary>
    /// <param name="ring">One row per weight, each as long as <paramref name="bytes"/>, a multiple of four.</param>
    /// <param name="first">The row of the first weight; after the ring's last row comes its first.</param>
    /// <param name="weights">Their sum is 1.</param>
    /// <param name="bytes">Receives the sums.</param>
    private static void AddRows(ReadOnlySpan<float> ring, int first, ReadOnlySpan<float> weights, Span<byte> bytes)
    {
        const float Half = 0.5f;    // conversion to integers truncates
        ref var rows = ref MemoryMarshal.GetReference(ring);
        ref var result = ref MemoryMarshal.GetReference(bytes);
        var length = bytes.Length;
        var i = 0;
        for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
        {
            var sum = Vector256.Create(Half);
            for (int tap = 0, row = first; tap < weights.Length; tap++, row = row + 1 == weights.Length ? 0 : row + 1)
            {
                var values = Vector256.LoadUnsafe(ref rows, (nuint)((row * length) + i));
                sum = Vector256.MultiplyAddEstimate(values, Vector256.Create(weights[tap]), sum);
            }

            var numbers = Vector256.ConvertToInt32Native(sum);
            var saturated = Saturate(numbers.GetLower(), numbers.GetUpper());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref result, i), saturated.AsUInt64().ToScalar());
        }

        if (i < length)
        {
            // The square's width is odd: one pixel is left.
            var sum = Vector128.Create(Half);
            for (int tap = 0, row = first; tap < weights.Length; tap++, row = row + 1 == weights.Length ? 0 : row + 1)
            {
                sum = Vector128.MultiplyAddEstimate(
                    Vector128.LoadUnsafe(ref rows, (nuint)((row * length) + i)), Vector128.Create(weights[tap]), sum);
            }

            var numbers = Vector128.ConvertToInt32Native(sum);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref result, i), Saturate(numbers, numbers).AsUInt32().ToScalar());
        }
    }

    /// <summary>Converts eight numbers to bytes: near edges, negative weights give values below black and above white.</summary>
    private static Vector128<byte> Saturate(Vector128<int> low, Vector128<int> high)
    {
        var words = Vector128.Max(Vector128.NarrowWithSaturation(low, high), Vector128<short>.Zero).AsUInt16();
        return Vector128.NarrowWithSaturation(words, words);
    }
}
