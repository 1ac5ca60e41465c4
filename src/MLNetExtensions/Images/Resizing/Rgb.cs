using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>Pixels of three bytes, as models take them.</summary>
internal static class Rgb
{
    /// <summary>Bytes per pixel.</summary>
    public const int Channels = 3;

    private const int SourceBytes = 4;

    /// <summary>Drops the fourth byte of every pixel, and reorders blue, green, red to red, green, blue if asked.</summary>
    /// <param name="source">Pixels of four bytes.</param>
    /// <param name="blueFirst">Whether blue comes first in the source.</param>
    /// <param name="target">The same number of pixels of three bytes.</param>
    public static void FromFourBytes(ReadOnlySpan<byte> source, bool blueFirst, Span<byte> target)
    {
        var count = target.Length / Channels;
        source = source[..(count * SourceBytes)];
        var order = blueFirst
            ? Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0)
            : Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var pixel = 0;
        // Four pixels per step. Each step writes four bytes too many, which the next one overwrites; so the last pixels go singly.
        for (; (pixel * Channels) + Vector128<byte>.Count <= target.Length; pixel += 4)
        {
            var four = Vector128.LoadUnsafe(ref from, (nuint)(pixel * SourceBytes));
            Vector128.Shuffle(four, order).StoreUnsafe(ref to, (nuint)(pixel * Channels));
        }

        var (red, blue) = blueFirst ? (2, 0) : (0, 2);
        for (; pixel < count; pixel++)
        {
            target[pixel * Channels] = source[(pixel * SourceBytes) + red];
            target[(pixel * Channels) + 1] = source[(pixel * SourceBytes) + 1];
            target[(pixel * Channels) + 2] = source[(pixel * SourceBytes) + blue];
        }
    }
}
