using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Explanations;
using SkiaSharp;

namespace MLVision.Reports.Pictures;

/// <summary>Small pictures that stand in a page itself.</summary>
internal static class Thumbnail
{
    /// <summary>Width and height in pixels; twice what a page shows them at would weigh four times as much.</summary>
    public const int Size = 176;

    private const int Quality = 72;

    /// <summary>The centre of an image file as a JPEG in a <c>data:</c> address; null if the file cannot be read.</summary>
    public static string? Of(string path)
    {
        var reader = new ImageReader(Size, PixelMode.Fast);
        var pixels = new byte[reader.PixelBytes];
        if (!reader.TryRead(path, pixels, out _))
        {
            return null;
        }

        var opaque = new byte[Size * Size * 4];
        for (int from = 0, to = 0; from < pixels.Length; from += 3, to += 4)
        {
            pixels.AsSpan(from, 3).CopyTo(opaque.AsSpan(to));
            opaque[to + 3] = byte.MaxValue;
        }

        using var image = SKImage.FromPixelCopy(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque), opaque);
        using var encoded = image.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return Address(encoded.AsSpan());
    }

    /// <summary>The same of a heat map.</summary>
    public static string Of(ImageExplanation explanation) => Address(explanation.Thumbnail(Size, Quality));

    private static string Address(ReadOnlySpan<byte> jpeg) => $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}";
}
