using SkiaSharp;

namespace Benchmarks;

/// <summary>A picture with a photograph's sizes in every respect: smooth light, edges and grain, made from a seed.</summary>
internal static class Photograph
{
    public const int Width = 500;
    public const int Height = 375;
    private const int Seed = 1;
    private const int Shapes = 60;
    private const int Grain = 12;
    private const int Quality = 90;

    /// <summary>The picture as a JPEG file has it; about 60 KB, as a photograph of that size takes.</summary>
    public static byte[] Jpeg()
    {
        using var bitmap = Draw();
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }

    /// <summary>The picture decoded.</summary>
    public static SKBitmap Draw()
    {
        var random = new Random(Seed);
        var bitmap = new SKBitmap(Width, Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            using var light = SKShader.CreateLinearGradient(
                new SKPoint(0, 0), new SKPoint(Width, Height), [new SKColor(90, 130, 190), new SKColor(60, 90, 40)],
                SKShaderTileMode.Clamp);
            using var sky = new SKPaint { Shader = light };
            canvas.DrawPaint(sky);
            for (var i = 0; i < Shapes; i++)
            {
                using var paint = new SKPaint { IsAntialias = true, Color = new SKColor(Byte(random), Byte(random), Byte(random)) };
                canvas.DrawOval(random.Next(Width), random.Next(Height), random.Next(5, 60), random.Next(5, 60), paint);
            }
        }

        unsafe
        {
            foreach (ref var value in new Span<byte>((void*)bitmap.GetPixels(), bitmap.ByteCount))
            {
                value = (byte)Math.Clamp(value + random.Next(-Grain, Grain + 1), 0, byte.MaxValue);
            }
        }

        return bitmap;
    }

    private static byte Byte(Random random) => (byte)random.Next(byte.MaxValue + 1);
}
