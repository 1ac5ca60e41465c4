using System.Globalization;
using MLVision.MLNetExtensions.Files;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Decoding;

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

    /// <summary>What is said of an image that is not all there.</summary>
    public const string CutOff = "the file ends before the image does.";

    /// <summary>Pixels of four bytes that fit in the largest buffer there is.</summary>
    private const long MostPixels = int.MaxValue / 4;

    /// <summary>Why there is no file to open at a path, or null where there is one.</summary>
    public static string? WhyMissing(string path) => File.Exists(path) ? null
        : Directory.Exists(path) ? "it is a folder."
        : Entry.IsNoUtf8(path) ? "its name is no UTF-8: rename it."
        : path.Contains('\\', StringComparison.Ordinal) && Path.DirectorySeparatorChar != '\\'
            ? "the file does not exist; its path has backslashes, which part folders on Windows only: write / instead."
            : "the file does not exist.";

    /// <summary>What a decoder's result says of an image.</summary>
    public static string? Describe(SKCodecResult result) => result switch
    {
        SKCodecResult.Success => null,
        SKCodecResult.IncompleteInput => CutOff,
        _ => NoImage,
    };

    /// <summary>Why an image is broken, as far as it shows without decoding; null where it does not.</summary>
    /// <param name="codec">The image; null where Skia found none in the bytes.</param>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="maxPixels">Width times height of the largest image that is decoded.</param>
    public static string? WhyBroken(SKCodec? codec, ReadOnlySpan<byte> encoded, long maxPixels = MaxPixels) =>
        encoded.IsEmpty ? "the file is empty."
        : codec is not null && WhyTooLarge(codec, maxPixels) is { } tooLarge ? tooLarge
        : ImageEnd.IsMissing(encoded) ? CutOff
        : codec is null ? NoImage : null;

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
            // Not to be opened: whoever decodes it finds out.
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
