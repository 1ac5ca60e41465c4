using System.Runtime.InteropServices;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>How one axis of an image is resized: which source pixels make each target pixel, and with what weights.</summary>
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

    /// <summary>Number of source pixels per target pixel; some of the weights may be zero.</summary>
    public int Taps { get; }

    /// <summary>
    /// The first source pixel of each target pixel, counted from where the source begins. It and the next ones, <see cref="Taps"/> in all,
    /// exist.
    /// </summary>
    public ReadOnlySpan<int> First { get; }

    /// <summary>The weights of all target pixels, one after another.</summary>
    public ReadOnlySpan<float> AllWeights { get; }

    /// <summary>Computes <see cref="Taps"/>: the number of pixels whose centres lie within the kernel, at most all there are.</summary>
    public static int TapsFor(ResizeKernel kernel, double scale, int sourcePixels) => Math.Min(Reach(kernel, scale), sourcePixels);

    /// <summary>The source pixels that contribute to any target pixel.</summary>
    public static (int Begin, int End) Range(ResizeKernel kernel, int targets, int offset, double scale, int sourcePixels) =>
        (Math.Max((int)Math.Floor(((0.5 - offset) * scale) - kernel.Radius(scale)), 0),
         Math.Min((int)Math.Ceiling(((targets - 0.5 - offset) * scale) + kernel.Radius(scale)), sourcePixels));

    /// <summary>Number of bytes that <see cref="Create"/> needs.</summary>
    public static int BytesNeeded(ResizeKernel kernel, int targets, double scale, int sourcePixels, int copies) =>
        targets * (sizeof(int) + (TapsFor(kernel, scale, sourcePixels) * copies * sizeof(float)));

    /// <summary>Computes the weights.</summary>
    /// <param name="kernel">Gives the weight of a source pixel.</param>
    /// <param name="memory">Receives the weights; <see cref="BytesNeeded"/> long.</param>
    /// <param name="targets">Number of target pixels.</param>
    /// <param name="offset">Where the source begins, in target pixels; at most 0.</param>
    /// <param name="scale">Source pixels per target pixel.</param>
    /// <param name="source">The source pixels that exist, from the first to before the last; no others are read.</param>
    /// <param name="copies">How often each weight is written, so that one vector holds it for as many colours.</param>
    public static FilterAxis Create(
        ResizeKernel kernel, Span<byte> memory, int targets, int offset, double scale, (int Begin, int End) source, int copies)
    {
        var sourcePixels = source.End - source.Begin;
        var taps = TapsFor(kernel, scale, sourcePixels);
        var first = MemoryMarshal.Cast<byte, int>(memory)[..targets];
        var weights = MemoryMarshal.Cast<byte, float>(memory).Slice(targets, targets * taps * copies);
        for (var target = 0; target < targets; target++)
        {
            var centre = ((target + 0.5 - offset) * scale) - source.Begin;
            var reached = (int)Math.Floor(centre - kernel.Radius(scale) - 0.5) + 1;
            first[target] = Math.Clamp(reached, 0, sourcePixels - taps);
            var ofTarget = weights.Slice(target * taps * copies, taps * copies);
            ofTarget.Clear();
            var sum = 0.0;
            for (var pixel = reached; pixel < reached + Reach(kernel, scale); pixel++)
            {
                var inside = Math.Clamp(pixel, 0, sourcePixels - 1);
                if (inside == pixel || kernel.RepeatsEdge)
                {
                    var weight = kernel.Weight(Math.Abs(pixel + 0.5 - centre), scale);
                    ofTarget[(inside - first[target]) * copies] += (float)weight;
                    sum += weight;
                }
            }

            Spread(ofTarget, copies, sum);
        }

        return new FilterAxis(first, weights, taps, copies);
    }

    /// <summary>The weights of a target pixel; without the copies, their sum is 1.</summary>
    public ReadOnlySpan<float> Weights(int target) => AllWeights.Slice(target * Taps * _copies, Taps * _copies);

    /// <summary>The largest number of pixels whose centres can lie within the kernel.</summary>
    private static int Reach(ResizeKernel kernel, double scale) => (int)Math.Ceiling(2 * kernel.Radius(scale));

    /// <summary>Divides the weights by their sum and writes the copies. Each weight stands at the place of its first copy.</summary>
    private static void Spread(Span<float> weights, int copies, double sum)
    {
        for (var i = 0; i < weights.Length; i += copies)
        {
            weights.Slice(i, copies).Fill((float)(weights[i] / sum));
        }
    }
}
