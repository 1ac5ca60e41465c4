using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Looks at single image files.</summary>
internal static class ImageFile
{
    /// <summary>Why the file cannot be read as an image, or null where it can.</summary>
    public static string? WhyUnreadable(string path)
    {
        if (!File.Exists(path))
        {
            return Directory.Exists(path) ? "it is a folder." : "the file does not exist.";
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            using var image = SKBitmap.Decode(bytes);
            return bytes.Length == 0 ? "the file is empty." : image is null ? "it is no image, or it is damaged." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
