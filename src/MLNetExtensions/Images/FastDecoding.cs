using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Decodes no more of an image than needed, brings it to size, and turns it upright.</summary>
/// <remarks>
/// Shrinking averages; enlarging is the exact mode's cubic, computed one axis after the other, which takes a fraction of the time.
/// </remarks>
internal static class FastDecoding
{
    /// <summary>JPEG's transform works on blocks of 8×8, from which a decoder can make any smaller number of pixels at once.</summary>
    private const int JpegBlock = 8;

    /// <summary>Pixels decoded beyond what is needed: at the edge of a part, colours of half the resolution lack a neighbour.</summary>
    private const int PartMargin = 2;

    /// <inheritdoc cref="ExactDecoding.Decode"/>
    public static string? Decode(SKCodec codec, int size, Span<byte> pixels)
    {
        var whole = codec.Info;
        var isJpeg = codec.EncodedFormat == SKEncodedImageFormat.Jpeg;
        var block = isJpeg ? BlockFor(Math.Min(whole.Width, whole.Height), size) : JpegBlock;
        var fraction = (float)block / JpegBlock;
        var scaled = block == JpegBlock ? whole.Size : codec.GetScaledDimensions(fraction);
        // The decoder rounds the size up: the last pixel may cover less than the others.
        var filled = (whole.Width * fraction / scaled.Width, whole.Height * fraction / scaled.Height);
        var info = new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Bgra8888, whole.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        var part = SKRectI.Create(scaled);
        if (isJpeg)
        {
            part = ResizePlan.Of(scaled, filled, size).PartLookedAt(scaled, size);
            part.Inflate(PartMargin, PartMargin);
            part.Intersect(SKRectI.Create(scaled));
        }

        using var decoded = new ScratchBytes(part.Width * part.Height * info.BytesPerPixel);
        switch (part.Size == scaled ? codec.GetPixels(info, decoded.Address) : DecodePart(codec, info, part, decoded.Address))
        {
            case SKCodecResult.Success:
                break;
            case SKCodecResult.IncompleteInput:
                return "the file ends before the image does.";
            default:
                return ImageFile.NoImage;
        }

        var origin = codec.EncodedOrigin;
        if (origin == SKEncodedOrigin.TopLeft)
        {
            Draw(info, decoded.Address, part, filled, size, pixels);
            return null;
        }

        using var stored = new ScratchBytes(pixels.Length);
        Draw(info, decoded.Address, part, filled, size, stored.Span);
        ImageOrientation.Turn(stored.Span, origin, size, pixels);
        return null;
    }

    /// <summary>Scales the shorter side to the square's and cuts out the centre.</summary>
    /// <param name="info">Size and format of the image: four bytes a pixel, colours multiplied by alpha.</param>
    /// <param name="source">The pixels, without gaps between rows.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    public static void Draw(SKImageInfo info, nint source, int size, Span<byte> pixels) =>
        Draw(info, source, info.Rect, (1, 1), size, pixels);

    private static unsafe void Draw(SKImageInfo info, nint source, SKRectI part, (double X, double Y) filled, int size, Span<byte> pixels)
    {
        var decoded = new ReadOnlySpan<byte>((void*)source, part.Width * part.Height * info.BytesPerPixel);
        var blueFirst = info.ColorType == SKColorType.Bgra8888;
        if (info.Width == size && info.Height == size)
        {
            Rgb.FromFourBytes(decoded, blueFirst, pixels);
            return;
        }

        SeparableResize.Draw(decoded, blueFirst, part, ResizePlan.Of(info.Size, filled, size), size, pixels);
    }

    /// <summary>Decodes a part of a JPEG. All of it is read, so that a file that is cut off is found out, but only the part is computed.</summary>
    private static SKCodecResult DecodePart(SKCodec codec, SKImageInfo info, SKRectI part, nint target)
    {
        var columns = new SKRectI(part.Left, 0, part.Right, info.Height);
        var result = codec.StartScanlineDecode(info, new SKCodecOptions(columns));
        if (result != SKCodecResult.Success)
        {
            return result;
        }

        var below = info.Height - part.Bottom;
        var isWhole = (part.Top == 0 || codec.SkipScanlines(part.Top))
            && codec.GetScanlines(target, part.Height, part.Width * info.BytesPerPixel) == part.Height
            && (below == 0 || codec.SkipScanlines(below));
        return isWhole ? SKCodecResult.Success : SKCodecResult.IncompleteInput;
    }

    /// <summary>The smallest number of pixels a block with which the image's shorter side still fills the square.</summary>
    private static int BlockFor(int side, int size) => (int)Math.Clamp((((long)size * JpegBlock) + side - 1) / side, 1, JpegBlock);
}
