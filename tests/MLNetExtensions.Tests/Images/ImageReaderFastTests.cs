using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Decoding;
using SkiaSharp;
using TestImages;

namespace MLNetExtensions.Tests.Images;

public sealed class ImageReaderFastTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public static TheoryData<string> UprightFixtures =>
        [.. FixtureImages.Names.Where(name => !name.StartsWith("exif", StringComparison.Ordinal))];

    public void Dispose() => _files.Dispose();

    /// <summary>Reference: Pillow 9.4, resize(BILINEAR), which rounds to bytes between its two passes; hence a difference of one.</summary>
    [Fact]
    public void TryRead_Shrunk_EqualsPillow()
    {
        var expected = Read(FixtureImages.Find("large-shrunk.png"), 32, PixelMode.Exact);

        var pixels = Read(FixtureImages.Find("large.png"), 32, PixelMode.Fast);

        Assert.InRange(MaxDifference(expected, pixels), 0, 1);
    }

    /// <summary>
    /// The same cubic, summed in another order: what lies halfway between two bytes may be rounded to the other. Where an image is
    /// transparent, Skia lets no colour overshoot its alpha, and the fast mode none overshoot white.
    /// </summary>
    [Theory]
    [MemberData(nameof(UprightFixtures))]
    public void TryRead_Enlarged_IsCloseToExactPixels(string name)
    {
        var path = FixtureImages.Find(name);

        var difference = MaxDifference(Read(path, 100, PixelMode.Exact), Read(path, 100, PixelMode.Fast));

        Assert.InRange(difference, 0, name.Contains("alpha", StringComparison.Ordinal) ? 12 : 1);
    }

    /// <summary>The shorter side of all but one is 32. Nor does the exact mode blur what keeps its size.</summary>
    [Theory]
    [MemberData(nameof(UprightFixtures))]
    public void TryRead_ShorterSideFits_EqualsExactPixels(string name)
    {
        var path = FixtureImages.Find(name);
        var size = name == "large.png" ? 75 : 32;

        Assert.Equal(Read(path, size, PixelMode.Exact), Read(path, size, PixelMode.Fast));
    }

    /// <summary>
    /// Two black and two white columns, three target pixels each. By the cubic's weights at 0, 1/3, 2/3, …, in 18ths: at the last
    /// black pixel's centre 255 · 1/18 = 14; a third towards white 255 · (6.222 - 0.407)/18 = 82; white mirrors that. A third away
    /// from the edge 255 · -0.593/18 = -8 is black, and its mirror 263 is white.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draw_EnlargedEdge_OvershootsNeitherBlackNorWhite(bool across)
    {
        byte[] expected = [0, 0, 0, 0, 14, 82, 173, 241, 255, 255, 255, 255];
        var size = expected.Length;
        using var bitmap = new SKBitmap(4, 4, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (var i = 0; i < 16; i++)
        {
            bitmap.SetPixel(i % 4, i / 4, (across ? i % 4 : i / 4) < 2 ? SKColors.Black : SKColors.White);
        }

        var pixels = new byte[size * size * 3];
        FastDecoding.Draw(bitmap.Info, bitmap.GetPixels(), size, pixels);

        Assert.Equal(
            Enumerable.Range(0, size * size).SelectMany(i => Enumerable.Repeat(expected[across ? i % size : i / size], 3)), pixels);
    }

    /// <summary>The fixtures are smooth but for one edge, so averaging and skipping give nearly the same.</summary>
    [Theory]
    [MemberData(nameof(UprightFixtures))]
    public void TryRead_Shrunk_IsCloseToExactPixels(string name)
    {
        var path = FixtureImages.Find(name);

        var difference = MeanDifference(Read(path, 20, PixelMode.Exact), Read(path, 20, PixelMode.Fast));

        var limit = name.Contains("palette", StringComparison.Ordinal) || name.EndsWith("gif", StringComparison.Ordinal)
            || name.StartsWith("black", StringComparison.Ordinal) ? 50 : 4;    // dots of few colours average to others
        Assert.InRange(difference, 0, limit);
    }

    /// <summary>A large smooth JPEG, decoded at 1/8 and at 3/8: shows that what the decoder leaves out does not shift the image.</summary>
    [Theory]
    [InlineData(1600, 1203, 100)]
    [InlineData(1203, 1600, 100)]
    [InlineData(700, 525, 190)]
    [InlineData(701, 527, 190)]
    public void TryRead_DecodedAtAFraction_IsCloseToExactPixels(int width, int height, int size)
    {
        var path = _files.AddFile("large.jpg", Gradient(width, height));

        var (exact, fast) = (Read(path, size, PixelMode.Exact), Read(path, size, PixelMode.Fast));

        // The stock chain may leave the last row or column black, and the JPEG's quality moves single values.
        Assert.InRange(MaxDifference(Inner(exact, size), Inner(fast, size)), 0, 4);
    }

    /// <summary>
    /// Only the part that the square shows is decoded. Skia's encoder halves the resolution of colours, which is where edges could differ.
    /// </summary>
    [Theory]
    [InlineData(640, 300, 290)]
    [InlineData(301, 643, 290)]
    [InlineData(333, 331, 300)]
    [InlineData(2000, 17, 16)]
    [InlineData(301, 224, 224)]
    [InlineData(320, 213, 224)]
    [InlineData(180, 241, 223)]
    [InlineData(2000, 3, 16)]
    public void TryRead_JpegDecodedInPart_EqualsTheWhole(int width, int height, int size)
    {
        var jpeg = Gradient(width, height, grain: 40);
        using var whole = SKBitmap.Decode(jpeg);
        var expected = new byte[size * size * 3];
        FastDecoding.Draw(whole.Info, whole.GetPixels(), size, expected);
        var reader = new ImageReader(size, PixelMode.Fast);
        var pixels = new byte[reader.PixelBytes];

        Assert.True(reader.TryRead(jpeg, pixels, out var reason), reason);

        Assert.Equal(expected, pixels);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void TryRead_ExifOrientationShrunk_IsUpright(int orientation)
    {
        var upright = Read(FixtureImages.Find("exif-1.jpg"), 24, PixelMode.Fast);

        var turned = Read(FixtureImages.Find($"exif-{orientation}.jpg"), 24, PixelMode.Fast);

        // Compressed turned, single values differ; not turned back, the mean would be far above ten.
        Assert.InRange(MeanDifference(upright, turned), 0, 2);
    }

    [Fact]
    public void TryRead_ExifOrientationEnlarged_IsUpright()
    {
        var upright = Read(FixtureImages.Find("exif-1.jpg"), 64, PixelMode.Fast);

        var turned = Read(FixtureImages.Find("exif-6.jpg"), 64, PixelMode.Fast);

        Assert.InRange(MeanDifference(upright, turned), 0, 2);
    }

    [Fact]
    public void TryRead_TransparentImage_LiesOnBlack()
    {
        var pixels = Read(FixtureImages.Find("alpha.png"), 16, PixelMode.Fast);

        // The alpha channel runs from 0 on the left to 255 on the right; the crop leaves out a sixth on either side.
        var left = pixels.AsSpan(8 * 16 * 3, 3).ToArray().Max();
        var right = pixels.AsSpan(((8 * 16) + 15) * 3, 3).ToArray().Max();
        Assert.InRange(left, 0, 60);
        Assert.InRange(right, 120, 255);
    }

    private static unsafe byte[] Gradient(int width, int height, int grain = 0)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        using (var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(width, height), [new SKColor(10, 200, 30), new SKColor(240, 20, 130)], SKShaderTileMode.Clamp))
        using (var paint = new SKPaint { Shader = shader })
        {
            canvas.DrawPaint(paint);
        }

        var random = new Random(1);
        foreach (ref var value in new Span<byte>((void*)bitmap.GetPixels(), grain == 0 ? 0 : bitmap.ByteCount))
        {
            value = (byte)Math.Clamp(value + random.Next(-grain, grain + 1), 0, byte.MaxValue);
        }

        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        return jpeg.ToArray();
    }

    private static byte[] Read(string path, int size, PixelMode mode)
    {
        var reader = new ImageReader(size, mode);
        var pixels = new byte[reader.PixelBytes];
        Assert.True(reader.TryRead(path, pixels, out var reason), reason);
        return pixels;
    }

    /// <summary>All but the outermost two pixels on every side.</summary>
    private static byte[] Inner(byte[] pixels, int size) =>
        [.. Enumerable.Range(2, size - 4).SelectMany(y => pixels.Skip(((y * size) + 2) * 3).Take((size - 4) * 3))];

    private static int MaxDifference(byte[] left, byte[] right) => left.Zip(right, (a, b) => Math.Abs(a - b)).Max();

    private static double MeanDifference(byte[] left, byte[] right) => left.Zip(right, (a, b) => Math.Abs(a - b)).Average();
}
