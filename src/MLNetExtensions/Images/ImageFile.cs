using System.Globalization;
using SkiaSharp;

namespace MLNetExtensions;

/// <summary>Looks at single image files.</summary>
internal static class ImageFile
{
    /// <summary>Pixels of the largest image that is decoded: 2²⁷, which at four bytes each take half a gigabyte.</summary>
    /// <remarks>
    /// A file of a few hundred kilobytes can claim billions of pixels and fill the memory when decoded. The largest cameras' images
    /// have 100 to 150 million pixels; those above the limit are to be made smaller before.
    /// </remarks>
    public const long MaxPixels = 1L << 27;

    /// <summary>What is said of bytes that Skia makes no image of.</summary>
    public const string NoImage = "it is no image, or it is damaged.";

    /// <summary>Why there is no file to open at a path, or null where there is one.</summary>
    public static string? WhyMissing(string path) => File.Exists(path) ? null
        : Directory.Exists(path) ? "it is a folder."
        : Entry.IsNoUtf8(path) ? "its name is no UTF-8: rename it."
        : path.Contains('\\', StringComparison.Ordinal) && Path.DirectorySeparatorChar != '\\'
            ? "the file does not exist; its path has backslashes, which part folders on Windows only: write / instead."
            : "the file does not exist.";

    /// <summary>Why the file cannot be read as an image, or null where it can.</summary>
    public static string? WhyUnreadable(string path)
    {
        if (WhyMissing(path) is { } missing)
        {
            return missing;
        }

        try
        {
            using var data = SKData.Create(path);
            if (data is null || data.IsEmpty)
            {
                return "the file is empty.";
            }

            using var codec = SKCodec.Create(data);
            if (codec is not null && WhyTooLarge(codec) is { } reason)
            {
                return reason;
            }

            using var image = codec is null ? null : SKBitmap.Decode(codec);
            return image is null ? NoImage : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Why the image must not be decoded, judging by its header; null where it may, or where there is no image.</summary>
    /// <remarks>The stock transforms decode whatever comes: ask before their getter is called.</remarks>
    public static string? WhyTooLarge(string path)
    {
        try
        {
            using var codec = SKCodec.Create(path);
            return codec is null ? null : WhyTooLarge(codec);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Not to be opened: whoever decodes it finds out, and asks WhyUnreadable.
            return null;
        }
    }

    /// <inheritdoc cref="WhyTooLarge(string)"/>
    public static string? WhyTooLarge(SKCodec codec, long maxPixels = MaxPixels) => (long)codec.Info.Width * codec.Info.Height <= maxPixels
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"it claims {codec.Info.Width}×{codec.Info.Height} pixels; the limit is {maxPixels:#,0} pixels in all.");
}
