using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>ML.NET's <c>ResizeImages(IsoCrop)</c> followed by <c>ExtractPixels</c>, bit for bit.</summary>
/// <remarks>
/// Source: ML.NET 5.0.1, whose <c>MLImage</c> draws with Skia. Two of its effects are kept: truncation, which leaves the last row or column
/// black at some sizes, and that an image of the right size is not redrawn. Its three copies of the image are avoided.
/// </remarks>
internal static class StockResize
{
    // Drawing only reads the paint, so all threads can share it.
    private static readonly SKPaint Cubic = new() { FilterQuality = SKFilterQuality.High };

    /// <summary>Scales the shorter side to the square's and cuts out the centre.</summary>
    /// <param name="info">Size and format of the source: four bytes per pixel, colours premultiplied by alpha.</param>
    /// <param name="source">The source's pixels, without gaps between rows.</param>
    /// <param name="size">Width and height of the square.</param>
    /// <param name="pixels">Bytes [size, size, 3], RGB.</param>
    public static void Draw(SKImageInfo info, nint source, int size, Span<byte> pixels)
    {
        if (info.Width == size && info.Height == size)
        {
            Copy(source, info, pixels);
            return;
        }

        var target = new SKImageInfo(size, size, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var square = new ScratchBytes(target.BytesSize);
        square.Span.Clear();
        using (var surface = SKSurface.Create(target, square.Address))
        using (var image = SKImage.FromPixels(info, source))
        {
            var (left, top, width, height) = SquarePlacement.Of(info.Width, info.Height, size);
            surface.Canvas.DrawImage(image, new SKRect(0, 0, info.Width, info.Height), SKRect.Create(left, top, width, height), Cubic);
        }

        Copy(square.Address, target, pixels);
    }

    private static unsafe void Copy(nint source, SKImageInfo info, Span<byte> pixels) => Rgb.FromFourBytes(
        new ReadOnlySpan<byte>((void*)source, info.BytesSize), info.ColorType == SKColorType.Bgra8888, pixels);
}
