using MLVision.MLNetExtensions.Doctor;
using SkiaSharp;
using TestImages;

namespace MLNetExtensions.Tests.Doctor;

/// <summary>A temporary folder of pictures of random rectangles, each class in a colour of its own; gone when disposed.</summary>
internal sealed class TestPictures : IDisposable
{
    /// <summary>The classes.</summary>
    public static readonly string[] Labels = ["blue", "green", "red"];

    private const int Rectangles = 200;
    private const int Size = 160;

    private readonly ImageFiles _files = new();

    /// <summary>Full path of the folder.</summary>
    public string Folder => _files.Folder;

    /// <summary>The images so far.</summary>
    public List<DoctorImage> Images { get; } = [];

    /// <summary>Adds pictures to each class.</summary>
    public TestPictures AddClasses(int each)
    {
        foreach (var (color, label) in Labels.Index())
        {
            foreach (var number in Enumerable.Range(0, each))
            {
                Add(label, $"{number}.png", color, seed: (color * 1000) + number);
            }
        }

        return this;
    }

    /// <summary>Adds a picture in the colour of a class.</summary>
    public DoctorImage Add(string label, string name, int color, int seed, string? part = null, int width = Size, int height = Size)
    {
        using var bitmap = Draw(color, seed, width, height);
        return Add(label, name, bitmap, part);
    }

    /// <summary>Adds a picture.</summary>
    public DoctorImage Add(string label, string name, SKBitmap bitmap, string? part = null)
    {
        var isJpeg = name.EndsWith("jpg", StringComparison.Ordinal);
        using var data = bitmap.Encode(isJpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, quality: 60);
        return Add(label, name, data.ToArray(), part);
    }

    /// <summary>Adds a file.</summary>
    public DoctorImage Add(string label, string name, byte[] content, string? part = null)
    {
        var image = new DoctorImage(_files.AddFile(Path.Combine(part ?? "", label, name), content), label, part);
        Images.Add(image);
        return image;
    }

    /// <summary>A picture of random rectangles, brightest in one of blue, green and red.</summary>
    public static SKBitmap Draw(int color, int seed, int width = Size, int height = Size)
    {
        var random = new Random(seed);
        var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        for (var rectangle = 0; rectangle < Rectangles; rectangle++)
        {
            var (weak, strong) = ((byte)random.Next(0, 100), (byte)random.Next(120, 255));
            using var paint = new SKPaint
            {
                Color = new SKColor(color == 2 ? strong : weak, color == 1 ? strong : weak, color == 0 ? strong : weak),
            };
            // The first one is the background.
            var (left, top) = rectangle == 0 ? (0, 0) : (random.Next(width) - (width / 8), random.Next(height) - (height / 8));
            var part = rectangle == 0 ? 1 : 6;
            canvas.DrawRect(left, top, width / (float)part, height / (float)part, paint);
        }

        return bitmap;
    }

    public void Dispose() => _files.Dispose();
}
