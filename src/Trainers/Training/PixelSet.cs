namespace Trainers.Training;

/// <summary>Images as the model takes them, with their classes, in memory.</summary>
/// <param name="ImageSize">Width and height in pixels.</param>
/// <param name="Images">One array per image: bytes [size, size, 3], RGB.</param>
/// <param name="Labels">Class of each image, from 0.</param>
internal sealed record PixelSet(int ImageSize, IReadOnlyList<byte[]> Images, IReadOnlyList<int> Labels)
{
    /// <summary>Number of images.</summary>
    public int Count => Images.Count;

    /// <summary>Holds out a share of every class, drawn by the given generator; a class of one image stays whole.</summary>
    public (PixelSet Kept, PixelSet HeldOut) Split(double fraction, Random random)
    {
        var part = new HashSet<int>();
        foreach (var indices in Enumerable.Range(0, Count).GroupBy(i => Labels[i]).OrderBy(g => g.Key).Select(g => g.ToArray()))
        {
            random.Shuffle(indices);
            var wanted = (int)Math.Round(fraction * indices.Length, MidpointRounding.AwayFromZero);
            part.UnionWith(indices.Take(Math.Min(wanted, indices.Length - 1)));
        }

        return (Select(i => !part.Contains(i)), Select(part.Contains));
    }

    private PixelSet Select(Func<int, bool> chosen)
    {
        var indices = Enumerable.Range(0, Count).Where(chosen).ToArray();
        return new PixelSet(ImageSize, [.. indices.Select(i => Images[i])], [.. indices.Select(i => Labels[i])]);
    }
}
