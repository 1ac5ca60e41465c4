using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>Decodes an image, without turning it, to the pixels of ML.NET's chain, bit for bit.</summary>
internal static class ExactDecoding
{
    /// <summary>Decodes.</summary>
    /// <param name="codec">The image; its size has been checked.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    /// <returns>Why the image cannot be decoded, or null.</returns>
    public static string? Decode(SKCodec codec, int size, Span<byte> pixels)
    {
        var found = codec.Info;
        var info = new SKImageInfo(
            found.Width, found.Height, SKColorType.Bgra8888, found.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        using var decoded = new ScratchBytes(info.BytesSize);
        // SKBitmap.Decode, which ML.NET calls, accepts a truncated file and leaves the missing part black.
        var result = codec.GetPixels(info, decoded.Address);
        if (result != SKCodecResult.Success)
        {
            return ImageFile.Describe(result);
        }

        StockResize.Draw(info, decoded.Address, size, pixels);
        return null;
    }
}
