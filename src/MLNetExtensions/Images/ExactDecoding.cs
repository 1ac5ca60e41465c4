using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Decodes an image to the pixels of ML.NET's chain, bit for bit.</summary>
internal static class ExactDecoding
{
    /// <summary>Decodes.</summary>
    /// <param name="codec">The image, whose size was checked.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    /// <returns>Why the image cannot be decoded, or null.</returns>
    public static string? Decode(SKCodec codec, int size, Span<byte> pixels)
    {
        var found = codec.Info;
        var info = new SKImageInfo(found.Width, found.Height, SKColorType.Bgra8888, found.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        using var decoded = new ScratchBytes(info.BytesSize);
        // A file that is cut off counts as an image, as in SKBitmap.Decode, which is what ML.NET calls.
        if (codec.GetPixels(info, decoded.Address) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
        {
            return ImageFile.NoImage;
        }

        StockResize.Draw(info, decoded.Address, size, pixels);
        return null;
    }
}
