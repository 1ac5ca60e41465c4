using System.Buffers.Binary;
using System.IO.Hashing;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>Images of a store, with their classes.</summary>
/// <param name="Store">The pixels; sealed. Several sets may share a store, and none of them disposes it.</param>
/// <param name="Numbers">Each image's number in the store.</param>
/// <param name="Labels">Class of each image, from 0.</param>
internal sealed record PixelSet(PixelStore Store, IReadOnlyList<int> Numbers, IReadOnlyList<int> Labels)
{
    /// <summary>Takes images that are already in memory, bytes [size, size, 3], RGB.</summary>
    public PixelSet(int imageSize, IReadOnlyList<byte[]> images, IReadOnlyList<int> labels)
        : this(PixelStore.Of(imageSize, images), [.. Enumerable.Range(0, images.Count)], labels)
    {
    }

    /// <summary>Width and height in pixels.</summary>
    public int ImageSize => Store.ImageSize;

    /// <summary>Number of images.</summary>
    public int Count => Numbers.Count;

    /// <summary>Opens the images for reading, by their index in this set.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public PixelReader Read() => Store.Read(Numbers);

    /// <summary>A digest, in hexadecimal digits, of the pixels and classes of all images in their order.</summary>
    public string Digest()
    {
        var hash = new XxHash3();
        Span<byte> entry = stackalloc byte[sizeof(ulong) + sizeof(int)];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(entry, Store.DigestOf(Numbers[i]));
            BinaryPrimitives.WriteInt32LittleEndian(entry[sizeof(ulong)..], Labels[i]);
            hash.Append(entry);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Splits off a share of every class, drawn with the given generator; a class with one image is not split.</summary>
    public (PixelSet Kept, PixelSet HeldOut) Split(double fraction, Random random)
    {
        var part = ClassDraw.Share(Labels, fraction, random);
        return (Select(i => !part.Contains(i)), Select(part.Contains));
    }

    /// <summary>The images of the given indices, in their order.</summary>
    public PixelSet Only(IReadOnlyList<int> indices) =>
        new(Store, [.. indices.Select(i => Numbers[i])], [.. indices.Select(i => Labels[i])]);

    private PixelSet Select(Func<int, bool> chosen) => Only([.. Enumerable.Range(0, Count).Where(chosen)]);
}
