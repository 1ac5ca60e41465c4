using System.IO.Hashing;
using System.Runtime.InteropServices;
using MLVision.Trainers.Training.Pixels;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>The features of some images in memory: a row for each, with its class.</summary>
/// <param name="Classes">Class of each row, from 0.</param>
/// <param name="Values">The rows one after another, all of the same width.</param>
internal sealed record FeatureRows(IReadOnlyList<int> Classes, float[] Values)
{
    /// <summary>No rows.</summary>
    public static FeatureRows None { get; } = new([], []);

    /// <summary>Number of rows.</summary>
    public int Count => Classes.Count;

    /// <summary>Numbers in a row; 0 if there are no rows.</summary>
    public int Width => Count == 0 ? 0 : Values.Length / Count;

    /// <summary>The numbers of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Width, Width);

    /// <summary>The rows of the given indices, in their order.</summary>
    public FeatureRows Only(IReadOnlyList<int> indices)
    {
        var values = new float[indices.Count * Width];
        foreach (var (place, index) in indices.Index())
        {
            Values.AsSpan(index * Width, Width).CopyTo(values.AsSpan(place * Width));
        }

        return new FeatureRows([.. indices.Select(index => Classes[index])], values);
    }

    /// <summary>Indices, evenly spaced, of so many rows of some, or of all where there are fewer.</summary>
    public static int[] Spread(int rows, int most) =>
        [.. Enumerable.Range(0, Math.Min(rows, most)).Select(i => (int)((long)i * rows / Math.Min(rows, most)))];

    /// <summary>These rows, then others of the same width.</summary>
    public FeatureRows Append(FeatureRows others) => new([.. Classes, .. others.Classes], [.. Values, .. others.Values]);

    /// <summary>Splits off a share of every class, as <see cref="PixelSet.Split"/> does with images.</summary>
    public (FeatureRows Kept, FeatureRows HeldOut) Split(double fraction, Random random)
    {
        var part = ClassDraw.Share(Classes, fraction, random);
        var indices = Enumerable.Range(0, Count).ToLookup(part.Contains);
        return (Only([.. indices[false]]), Only([.. indices[true]]));
    }

    /// <summary>A digest, in hexadecimal digits, of the rows and their classes.</summary>
    public string Digest()
    {
        var hash = new XxHash3();
        hash.Append(MemoryMarshal.AsBytes<int>([.. Classes]));
        hash.Append(MemoryMarshal.AsBytes<float>(Values));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
