using System.Numerics;
using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Augmentation;

/// <summary>How each image of a batch is mixed with the one before it, and the first with the last.</summary>
/// <param name="OwnShare">The share of the image itself, in pixels and in its label; 0 to 1. The other image has the rest.</param>
/// <param name="Pasted">The rectangle copied from the other image, or null if both images are blended.</param>
internal sealed record BatchMix(double OwnShare, PixelWindow? Pasted)
{
    private const int Channels = 3;
    private const int ValuesPerPart = 4096;    // of every image: for 32 images they fit in a core's cache

    /// <summary>Draws the mix of the next batch; null if it is not mixed.</summary>
    /// <remarks>
    /// As in torchvision's training references: one share per batch; if both ways are on, each has an equal chance.
    /// </remarks>
    public static BatchMix? Draw(Random random, AugmentationOptions options, int imageSize) =>
        (options.MixupAlpha > 0, options.CutmixAlpha > 0) switch
        {
            (false, false) => null,
            (true, false) => DrawMixup(random, options.MixupAlpha),
            (false, true) => DrawCutmix(random, options.CutmixAlpha, imageSize),
            _ => random.Next(2) == 0 ? DrawMixup(random, options.MixupAlpha) : DrawCutmix(random, options.CutmixAlpha, imageSize),
        };

    /// <summary>Mixes in place.</summary>
    /// <param name="images">Gives an image by its index: floats [size, size, 3]; called on several threads.</param>
    /// <param name="count">Number of images; at least 1.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="threads">Largest number of threads; it does not change the result.</param>
    public void Apply(ImageAt images, int count, int size, int threads)
    {
        if (Pasted is { } window)
        {
            for (var y = window.Top; y < window.Top + window.Height; y++)
            {
                Combine(images, count, ((y * size) + window.Left) * Channels, window.Width * Channels, ownShare: 0);
            }
        }
        else
        {
            var length = size * size * Channels;
            var parts = (length + ValuesPerPart - 1) / ValuesPerPart;
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
                Combine(images, count, part * ValuesPerPart, Math.Min(ValuesPerPart, length - (part * ValuesPerPart)), (float)OwnShare));
        }
    }

    /// <summary>Returns an image of the batch.</summary>
    internal delegate Span<float> ImageAt(int index);

    private static BatchMix DrawMixup(Random random, double alpha) => new(BetaDistribution.Draw(random, alpha), Pasted: null);

    /// <summary>
    /// A rectangle around a random centre with the image's aspect ratio, cut off at the edges; the share is its real area.
    /// </summary>
    private static BatchMix DrawCutmix(Random random, double alpha, int size)
    {
        var share = BetaDistribution.Draw(random, alpha);
        var (x, y) = (random.Next(size), random.Next(size));
        var half = (int)(0.5 * Math.Sqrt(1 - share) * size);
        var (left, right) = (Math.Max(x - half, 0), Math.Min(x + half, size));
        var (top, bottom) = (Math.Max(y - half, 0), Math.Min(y + half, size));
        var window = new PixelWindow(left, top, right - left, bottom - top);
        return new BatchMix(1 - ((double)window.Width * window.Height / ((double)size * size)), window);
    }

    /// <summary>Works from the last image to the first, so that each one's predecessor is still unmixed.</summary>
    private static void Combine(ImageAt images, int count, int start, int length, float ownShare)
    {
        var last = images(count - 1).Slice(start, length).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            Combine(images(i).Slice(start, length), images(i - 1).Slice(start, length), ownShare);
        }

        Combine(images(0).Slice(start, length), last, ownShare);
    }

    private static void Combine(Span<float> own, ReadOnlySpan<float> other, float ownShare)
    {
        if (ownShare == 0)
        {
            other.CopyTo(own);
            return;
        }

        var (mine, theirs) = (new Vector<float>(ownShare), new Vector<float>(1 - ownShare));
        var i = 0;
        for (; i + Vector<float>.Count <= own.Length; i += Vector<float>.Count)
        {
            ((new Vector<float>(own[i..]) * mine) + (new Vector<float>(other[i..]) * theirs)).CopyTo(own[i..]);
        }

        for (; i < own.Length; i++)
        {
            own[i] = (own[i] * ownShare) + (other[i] * (1 - ownShare));
        }
    }
}
