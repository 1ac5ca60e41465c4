using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Decodes an image no larger than needed, shrinks it by averaging, and turns it upright.</summary>
internal static class FastDecoding
{
    /// <summary>JPEG's transform works on blocks of 8×8, from which a decoder can make any smaller number of pixels at once.</summary>
    private const int JpegBlock = 8;

    /// <inheritdoc cref="ExactDecoding.Decode"/>
    public static string? Decode(SKCodec codec, int size, Span<byte> pixels)
    {
        var whole = codec.Info;
        var block = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? BlockFor(Math.Min(whole.Width, whole.Height), size) : JpegBlock;
        var fraction = (float)block / JpegBlock;
        var scaled = block == JpegBlock ? whole.Size : codec.GetScaledDimensions(fraction);
        var info = new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Bgra8888, whole.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        using var decoded = new ScratchBytes(info.BytesSize);
        switch (codec.GetPixels(info, decoded.Address))
        {
            case SKCodecResult.Success:
                break;
            case SKCodecResult.IncompleteInput:
                return "the file ends before the image does.";
            default:
                return ImageFile.NoImage;
        }

        // The decoder rounds the size up: the last pixel may cover less than the others.
        var ends = (whole.Width * fraction / scaled.Width, whole.Height * fraction / scaled.Height);
        var origin = codec.EncodedOrigin;
        if (origin == SKEncodedOrigin.TopLeft)
        {
            Draw(info, decoded.Address, ends, size, pixels);
            return null;
        }

        using var stored = new ScratchBytes(pixels.Length);
        Draw(info, decoded.Address, ends, size, stored.Span);
        ImageOrientation.Turn(stored.Span, origin, size, pixels);
        return null;
    }

    /// <summary>Scales the shorter side to the square's and cuts out the centre.</summary>
    /// <param name="info">Size and format of the source: four bytes a pixel, colours multiplied by alpha.</param>
    /// <param name="source">The source's pixels, without gaps between rows.</param>
    /// <param name="filled">The share of the source's width and height that the image fills, 1 but for rounding.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    public static unsafe void Draw(SKImageInfo info, nint source, (double X, double Y) filled, int size, Span<byte> pixels)
    {
        if (Math.Min(info.Width, info.Height) <= size)
        {
            // Nothing falls together, so there is nothing to average: the stock chain's cubic is as good and as fast.
            StockResize.Draw(info, source, size, pixels);
            return;
        }

        var place = SquarePlacement.Of(info.Width, info.Height, size);
        // The side that fits exactly may be a pixel short by rounding.
        place = place with { Width = Math.Max(place.Width, size), Height = Math.Max(place.Height, size) };
        AntialiasedResize.Draw(
            new ReadOnlySpan<byte>((void*)source, info.BytesSize), info.ColorType == SKColorType.Bgra8888, info.Width, info.Height,
            place, (info.Width * filled.X / place.Width, info.Height * filled.Y / place.Height), size, pixels);
    }

    /// <summary>The smallest number of pixels a block with which the image's shorter side still fills the square.</summary>
    private static int BlockFor(int side, int size) => (int)Math.Clamp((((long)size * JpegBlock) + side - 1) / side, 1, JpegBlock);
}
