using System.Runtime.InteropServices;

namespace MLNetExtensions;

/// <summary>How one axis of an image shrinks: which source pixels each target pixel averages, and with which weights.</summary>
/// <remarks>
/// A triangle filter as wide as two target pixels, in source pixels: bilinear interpolation with antialiasing, as Pillow's
/// <c>resize(BILINEAR)</c> and torchvision's <c>Resize(antialias=True)</c> do. At the edges the weights of what is missing go to the rest.
/// </remarks>
internal readonly ref struct FilterAxis
{
    private readonly int _copies;

    private FilterAxis(Span<int> first, Span<float> weights, int taps, int copies)
    {
        First = first;
        AllWeights = weights;
        Taps = taps;
        _copies = copies;
    }

    /// <summary>Source pixels that each target pixel averages; some of the weights may be zero.</summary>
    public int Taps { get; }

    /// <summary>The first source pixel of each target pixel, counted from where the source begins; it and the next ones, <see cref="Taps"/> in all, exist.</summary>
    public ReadOnlySpan<int> First { get; }

    /// <summary>The weights of all target pixels, one after another.</summary>
    public ReadOnlySpan<float> AllWeights { get; }

    /// <summary>How many <see cref="Taps"/> there will be: the pixels whose centres lie within the triangle, or all there are.</summary>
    public static int TapsFor(double scale, int sourcePixels) => Math.Min((int)Math.Ceiling(2 * scale), sourcePixels);

    /// <summary>The source pixels that any of the target pixels looks at.</summary>
    public static (int Begin, int End) Range(int targets, int offset, double scale, int sourcePixels) =>
        (Math.Max((int)Math.Floor(((0.5 - offset) * scale) - scale), 0),
         Math.Min((int)Math.Ceiling(((targets - 0.5 - offset) * scale) + scale), sourcePixels));

    /// <summary>Bytes that <see cref="Create"/> needs.</summary>
    public static int BytesNeeded(int targets, double scale, int sourcePixels, int copies) =>
        targets * (sizeof(int) + (TapsFor(scale, sourcePixels) * copies * sizeof(float)));

    /// <summary>Computes the weights.</summary>
    /// <param name="memory">Where they are kept; <see cref="BytesNeeded"/> long.</param>
    /// <param name="targets">Target pixels.</param>
    /// <param name="offset">Where the source begins, in target pixels; at most 0.</param>
    /// <param name="scale">Source pixels a target pixel, at least 1.</param>
    /// <param name="source">The source pixels there are, from the first to before the last; nothing beyond them is averaged.</param>
    /// <param name="copies">How often each weight is written, so that it meets as many colours at once.</param>
    public static FilterAxis Create(Span<byte> memory, int targets, int offset, double scale, (int Begin, int End) source, int copies)
    {
        var sourcePixels = source.End - source.Begin;
        var taps = TapsFor(scale, sourcePixels);
        var first = MemoryMarshal.Cast<byte, int>(memory)[..targets];
        var weights = MemoryMarshal.Cast<byte, float>(memory).Slice(targets, targets * taps * copies);
        for (var target = 0; target < targets; target++)
        {
            var centre = Math.Min(((target + 0.5 - offset) * scale) - source.Begin, sourcePixels - 0.5);
            var begin = Math.Clamp((int)Math.Floor(centre - scale - 0.5) + 1, 0, sourcePixels - taps);
            first[target] = begin;
            Fill(weights.Slice(target * taps * copies, taps * copies), copies, centre - begin, scale);
        }

        return new FilterAxis(first, weights, taps, copies);
    }

    /// <summary>The weights of a target pixel; their sum, each taken once, is 1.</summary>
    public ReadOnlySpan<float> Weights(int target) => AllWeights.Slice(target * Taps * _copies, Taps * _copies);

    private static void Fill(Span<float> weights, int copies, double centre, double scale)
    {
        var sum = 0.0;
        for (var tap = 0; tap < weights.Length / copies; tap++)
        {
            sum += Triangle(tap, centre, scale);
        }

        for (var tap = 0; tap < weights.Length / copies; tap++)
        {
            weights.Slice(tap * copies, copies).Fill((float)(Triangle(tap, centre, scale) / sum));
        }
    }

    private static double Triangle(int tap, double centre, double scale) => Math.Max(0, 1 - (Math.Abs(tap + 0.5 - centre) / scale));
}
