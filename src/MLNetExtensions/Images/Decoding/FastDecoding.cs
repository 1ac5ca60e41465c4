using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>Decodes only as much of an image as is needed, without turning it, and resizes it.</summary>
/// <remarks>
/// Shrinking averages. Enlarging uses the cubic of the exact mode, one axis after the other, which takes a fraction of the time.
/// </remarks>
internal static class FastDecoding
{
    /// <summary>JPEG stores blocks of 8×8 pixels; a decoder can directly produce fewer pixels per block.</summary>
    private const int JpegBlock = 8;

    /// <summary>Extra rows to decode: colours at half resolution lack a neighbour at the edge of the part.</summary>
    private const int PartMargin = 2;

    /// <inheritdoc cref="ExactDecoding.Decode"/>
    public static string? Decode(SKCodec codec, int size, Span<byte> pixels)
    {
        var whole = codec.Info;
        var isJpeg = codec.EncodedFormat == SKEncodedImageFormat.Jpeg;
        var block = isJpeg ? BlockFor(Math.Min(whole.Width, whole.Height), size) : JpegBlock;
        var fraction = (float)block / JpegBlock;
        var scaled = block == JpegBlock ? whole.Size : codec.GetScaledDimensions(fraction);
        // The decoder rounds the size up, so the last pixel may cover less than the others.
        var filled = (whole.Width * fraction / scaled.Width, whole.Height * fraction / scaled.Height);
        var info = new SKImageInfo(
            scaled.Width, scaled.Height, SKColorType.Bgra8888, whole.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        var part = SKRectI.Create(scaled);
        if (isJpeg)
        {
            var rows = ResizePlan.Of(scaled, filled, size).NeededPart(scaled, size);
            part.Top = Math.Max(rows.Top - PartMargin, 0);
            part.Bottom = Math.Min(rows.Bottom + PartMargin, scaled.Height);
        }

        using var decoded = new ScratchBytes(part.Width * part.Height * info.BytesPerPixel);
        var result = part.Size == scaled ? codec.GetPixels(info, decoded.Address) : DecodeRows(codec, info, part, decoded.Address);
        if (result != SKCodecResult.Success)
        {
            return ImageFile.Describe(result);
        }

        Draw(info, decoded.Address, part, filled, size, pixels);
        return null;
    }

    /// <summary>Scales the shorter side to the square's and cuts out the centre.</summary>
    /// <param name="info">Size and format of the image: four bytes per pixel, colours premultiplied by alpha.</param>
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

    /// <summary>Decodes some whole rows of a JPEG.</summary>
    /// <remarks>
    /// Skia could skip columns, too. But it keeps the address of the rectangle that selects them and reads it again while decoding, and
    /// SkiaSharp 2.88 passes the address of a local variable: memory would be corrupted.
    /// </remarks>
    private static SKCodecResult DecodeRows(SKCodec codec, SKImageInfo info, SKRectI part, nint target)
    {
        var result = codec.StartScanlineDecode(info);
        return result != SKCodecResult.Success ? result
            : (part.Top == 0 || codec.SkipScanlines(part.Top)) && codec.GetScanlines(target, part.Height, info.RowBytes) == part.Height
                ? SKCodecResult.Success
                : SKCodecResult.IncompleteInput;
    }

    /// <summary>The smallest number of pixels per block at which the image's shorter side still fills the square.</summary>
    private static int BlockFor(int side, int size) => (int)Math.Clamp((((long)size * JpegBlock) + side - 1) / side, 1, JpegBlock);
}
