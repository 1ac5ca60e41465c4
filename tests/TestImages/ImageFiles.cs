using SkiaSharp;

namespace TestImages;

/// <summary>A temporary folder of tiny images, made by arithmetic; gone when disposed.</summary>
internal sealed class ImageFiles : IDisposable
{
    /// <summary>Full path of the folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("image-files-").FullName;

    /// <summary>Writes a PNG whose pixels follow from its seed; returns its full path.</summary>
    public string AddImage(string relativePath, int seed = 0, int width = 8, int height = 8)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, Color(seed, x, y));
            }
        }

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return AddFile(relativePath, png.ToArray());
    }

    /// <summary>Writes a file of any content; returns its full path.</summary>
    public string AddFile(string relativePath, params byte[] content)
    {
        var path = Path.Combine(Folder, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Makes an empty folder.</summary>
    public void AddFolder(string relativePath) => Directory.CreateDirectory(Path.Combine(Folder, relativePath));

    /// <summary>The pixels of such an image as bytes [height, width, 3], RGB.</summary>
    public static byte[] Pixels(int seed = 0, int width = 8, int height = 8) =>
    [
        .. from y in Enumerable.Range(0, height)
           from x in Enumerable.Range(0, width)
           let color = Color(seed, x, y)
           from value in new[] { color.Red, color.Green, color.Blue }
           select value,
    ];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Seeds that differ by one differ in their main colour, as classes do; the three channels differ everywhere.</summary>
    private static SKColor Color(int seed, int x, int y)
    {
        var main = seed % 3;
        byte Channel(int channel) => (byte)((main == channel ? 160 : 16) + (((seed * 7) + (x * 5) + (y * 3) + channel) % 64));
        return new SKColor(Channel(0), Channel(1), Channel(2));
    }
}
