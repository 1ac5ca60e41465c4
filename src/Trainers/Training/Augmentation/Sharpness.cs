namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Sharpens or softens an image, as Pillow's ImageEnhance does.</summary>
internal static class Sharpness
{
    private const int Channels = 3;
    private const int SumOfWeights = 13;

    /// <summary>
    /// Blends every pixel except those at the edge with a mean of its neighbourhood, in which the pixel weighs 5 and each of its eight
    /// neighbours 1. A share of 0 gives the mean, 1 the pixel, more than 1 a sharper pixel.
    /// </summary>
    /// <param name="image">Bytes [size, size, 3].</param>
    /// <param name="target">The same size; separate memory.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="share">The pixel's share of the blend.</param>
    public static void Change(ReadOnlySpan<byte> image, Span<byte> target, int size, float share)
    {
        var row = size * Channels;
        image[..(size * row)].CopyTo(target);
        for (var y = 1; y < size - 1; y++)
        {
            var above = image.Slice((y - 1) * row, row);
            var here = image.Slice(y * row, row);
            var below = image.Slice((y + 1) * row, row);
            var to = target.Slice(y * row, row);
            for (var x = Channels; x < row - Channels; x++)
            {
                var sum = above[x - Channels] + above[x] + above[x + Channels]
                    + here[x - Channels] + (5 * here[x]) + here[x + Channels]
                    + below[x - Channels] + below[x] + below[x + Channels];
                to[x] = ToneTables.Blend((sum + (SumOfWeights / 2)) / SumOfWeights, here[x], share);
            }
        }
    }
}
