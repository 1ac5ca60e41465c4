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
            using var data = SKData.Create(path);
            if (data is null || data.IsEmpty)
            {
                return "the file is empty.";
            }

            using var codec = SKCodec.Create(data);
            using var image = codec is null ? null : SKBitmap.Decode(codec);
            return image is null ? "it is no image, or it is damaged." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
