using System.Globalization;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Archives;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>Checks single image files.</summary>
internal static class ImageFile
{
    /// <summary>The largest image that is decoded: 2²⁷ pixels, half a gigabyte at four bytes each.</summary>
    /// <remarks>
    /// A file of a few hundred kilobytes can claim billions of pixels and fill the memory when it is decoded. The images of the largest
    /// cameras have 100 to 150 million pixels; those above the limit must be made smaller first.
    /// </remarks>
    public const long MaxPixels = 1L << 27;

    /// <summary>The reason for bytes that Skia cannot read as an image.</summary>
    public const string NotAnImage = "it is not an image, or it is damaged.";

    /// <summary>The reason for a truncated image.</summary>
    public const string CutOff = "the file ends before the image does.";

    /// <summary>The number of pixels, at four bytes each, that fit in the largest possible buffer.</summary>
    public const long MostPixels = int.MaxValue / 4;

    /// <summary>Why there is no file to open at a path, or null if there is one.</summary>
    public static string? WhyMissing(string path) => File.Exists(path) || ImageArchives.Find(path) is not null ? null
        : Directory.Exists(path) ? "it is a folder."
        : Entry.IsNotUtf8(path) ? "its name is not valid UTF-8: rename it."
        : path.Contains('\\', StringComparison.Ordinal) && Path.DirectorySeparatorChar != '\\'
            ? "the file does not exist; its path has backslashes, which separate folders only on Windows: write / instead."
            : "the file does not exist.";

    /// <summary>The reason for a decoder's result, or null for success.</summary>
    public static string? Describe(SKCodecResult result) => result switch
    {
        SKCodecResult.Success => null,
        SKCodecResult.IncompleteInput => CutOff,
        _ => NotAnImage,
    };

    /// <summary>Width and height in pixels that an encoded image claims, as it is stored; null if it is none.</summary>
    public static unsafe (int Width, int Height)? SizeOf(ReadOnlyMemory<byte> encoded)
    {
        using var pin = encoded.Pin();
        using var data = SKData.Create((nint)pin.Pointer, encoded.Length);
        using var codec = encoded.IsEmpty ? null : SKCodec.Create(data);
        return codec is null ? null : (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>Why an image is broken, as far as that shows without decoding; null if it looks sound.</summary>
    /// <param name="codec">The image; null if Skia found none in the bytes.</param>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="maxPixels">Width times height of the largest image that is decoded.</param>
    public static string? WhyBroken(SKCodec? codec, ReadOnlySpan<byte> encoded, long maxPixels = MaxPixels) =>
        encoded.IsEmpty ? "the file is empty."
        : codec is not null && WhyTooLarge(codec, maxPixels) is { } tooLarge ? tooLarge
        : ImageEnd.IsMissing(encoded) ? CutOff
        : codec is null ? NotAnImage : null;

    /// <summary>Why the image must not be decoded, judging by its header; null if it may be, or if there is no image.</summary>
    /// <remarks>The stock transforms decode any size: call this before their getter.</remarks>
    public static string? WhyTooLarge(string path)
    {
        try
        {
            using var codec = SKCodec.Create(path);
            return codec is null ? null : WhyTooLarge(codec);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The file cannot be opened: the decoder will report that.
            return null;
        }
    }

    /// <inheritdoc cref="WhyTooLarge(string)"/>
    public static string? WhyTooLarge(SKCodec codec, long maxPixels = MaxPixels)
    {
        var limit = Math.Min(maxPixels, MostPixels);
        return (long)codec.Info.Width * codec.Info.Height <= limit
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it claims {codec.Info.Width}×{codec.Info.Height} pixels; the limit is {limit:#,0} pixels in all.");
    }
}
