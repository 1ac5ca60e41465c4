using MLVision.MLNetExtensions.Images.Decoding;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>A photograph for people to look at: whole, upright, and of a size that fits on a screen.</summary>
internal static class UprightPhotograph
{
    private const int Longest = 1024;
    private const int Shortest = 448;    // of the longer side: smaller ones are enlarged, so that a legend fits below

    /// <summary>Decodes it; it has been read before, and is known to be an image.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="ignoresOrientation">Whether it stays as it is stored, whatever EXIF says.</param>
    public static unsafe SKBitmap Of(ReadOnlyMemory<byte> encoded, bool ignoresOrientation)
    {
        using var pin = encoded.Pin();
        using var data = SKData.Create((nint)pin.Pointer, encoded.Length);
        using var codec = SKCodec.Create(data);
        var origin = ignoresOrientation ? SKEncodedOrigin.TopLeft : ImageOrientation.Of(codec, encoded.Span);
        using var stored = Decode(codec);
        var (wide, high) = IsTurnedAside(origin) ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var scale = Scale(Math.Max(wide, high));
        var upright = new SKBitmap(Math.Max(1, (int)Math.Round(wide * scale)), Math.Max(1, (int)Math.Round(high * scale)));
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.Black);    // as the model gets what is transparent
        canvas.Scale((float)upright.Width / wide, (float)upright.Height / high);
        var turn = TurnOf(origin, stored.Width, stored.Height);
        canvas.Concat(ref turn);
        using var paint = new SKPaint { FilterQuality = scale > 1 ? SKFilterQuality.High : SKFilterQuality.Medium };
        canvas.DrawBitmap(stored, 0, 0, paint);
        return upright;
    }

    /// <summary>A JPEG of many pixels is decoded at a fraction of its size.</summary>
    private static SKBitmap Decode(SKCodec codec)
    {
        var longer = Math.Max(codec.Info.Width, codec.Info.Height);
        var size = longer > Longest ? codec.GetScaledDimensions((float)Longest / longer) : codec.Info.Size;
        var bitmap = new SKBitmap(size.Width, size.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
        codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        return bitmap;
    }

    private static double Scale(int longer) => longer > Longest ? (double)Longest / longer : Math.Max(1, (double)Shortest / longer);

    private static bool IsTurnedAside(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>From the stored picture to the upright one; the inverse of what <see cref="ImageOrientation.Turn"/> looks up.</summary>
    private static SKMatrix TurnOf(SKEncodedOrigin origin, float width, float height) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
