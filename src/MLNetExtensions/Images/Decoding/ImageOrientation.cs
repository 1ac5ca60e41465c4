using System.Buffers.Binary;
using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>Turns a square image upright as its EXIF orientation says.</summary>
/// <remarks>
/// Source: Exif 2.32, §4.6.2 and 4.6.4, tag 274. The centre crop to a square is the same before and after turning. So turning comes last,
/// and the pixels are those of ML.NET's chain in another order.
/// </remarks>
internal static class ImageOrientation
{
    /// <summary>Reads the EXIF orientation; upright if there is none.</summary>
    /// <param name="codec">The image. Skia reads the orientation of JPEG and WebP, but not of PNG.</param>
    /// <param name="encoded">The same image's bytes.</param>
    public static SKEncodedOrigin Of(SKCodec codec, ReadOnlySpan<byte> encoded)
    {
        if (!PngChunks.IsPng(encoded))
        {
            return codec.EncodedOrigin;
        }

        var chunks = new PngChunks(encoded);
        while (chunks.MoveNext())
        {
            if (chunks.Type.SequenceEqual("eXIf"u8))
            {
                return OfExif(chunks.Content);
            }
        }

        return SKEncodedOrigin.TopLeft;
    }

    /// <summary>Writes the upright image.</summary>
    /// <param name="stored">Pixels as stored: bytes [size, size, 3].</param>
    /// <param name="origin">Where the image's top left corner is stored.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="upright">Bytes [size, size, 3].</param>
    public static void Turn(ReadOnlySpan<byte> stored, SKEncodedOrigin origin, int size, Span<byte> upright)
    {
        var last = size - 1;
        // Where the upright pixel (0, 0) is stored, and the distance to the pixel on its right and to the one below.
        var (corner, right, down) = origin switch
        {
            SKEncodedOrigin.TopRight => (last, -1, size),
            SKEncodedOrigin.BottomRight => ((last * size) + last, -1, -size),
            SKEncodedOrigin.BottomLeft => (last * size, 1, -size),
            SKEncodedOrigin.LeftTop => (0, size, 1),
            SKEncodedOrigin.RightTop => (last * size, -size, 1),
            SKEncodedOrigin.RightBottom => ((last * size) + last, -size, -1),
            SKEncodedOrigin.LeftBottom => (last, size, -1),
            _ => (0, 1, size),
        };
        var target = 0;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++, target += Rgb.Channels)
            {
                stored.Slice((corner + (x * right) + (y * down)) * Rgb.Channels, Rgb.Channels).CopyTo(upright[target..]);
            }
        }
    }

    /// <summary>Finds the tag in the first directory of EXIF data.</summary>
    private static SKEncodedOrigin OfExif(ReadOnlySpan<byte> exif)
    {
        const int Header = 8, Entry = 12, Value = 8;
        const ushort Orientation = 274;
        var littleEndian = exif.StartsWith("II*\0"u8);
        if (exif.Length < Header || !(littleEndian || exif.StartsWith("MM\0*"u8)))
        {
            return SKEncodedOrigin.TopLeft;
        }

        var directory = littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        var entries = directory <= exif.Length - sizeof(ushort) ? exif[(int)directory..] : [];
        var count = entries.IsEmpty ? 0 : Number(entries, littleEndian);
        for (var at = sizeof(ushort); count > 0 && at + Entry <= entries.Length; at += Entry, count--)
        {
            if (Number(entries[at..], littleEndian) == Orientation)
            {
                var origin = (SKEncodedOrigin)Number(entries[(at + Value)..], littleEndian);
                return Enum.IsDefined(origin) ? origin : SKEncodedOrigin.TopLeft;
            }
        }

        return SKEncodedOrigin.TopLeft;

        static ushort Number(ReadOnlySpan<byte> bytes, bool littleEndian) =>
            littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
