using System.Security.Cryptography;
using System.Text;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Archives;
using SkiaSharp;

namespace MLVision.Reports.Contents;

/// <summary>What a set of labelled images consists of.</summary>
public sealed record DataSetFacts
{
    /// <summary>The classes, and how many images each has.</summary>
    public required IReadOnlyList<ClassImages> Classes { get; init; }

    /// <summary>Sizes of the images, or of a sample of them; those whose size is unknown are left out.</summary>
    public IReadOnlyList<ImageDimensions> Dimensions { get; init; } = [];

    /// <summary>Images that could not be read and do not count.</summary>
    public IReadOnlyList<SkippedImage> Skipped { get; init; } = [];

    /// <summary>Number of images that are stored rotated and were turned upright.</summary>
    public int TurnedImages { get; init; }

    /// <summary>A hash of the images' files and classes, in hexadecimal digits; null if it was not computed.</summary>
    /// <remarks>
    /// As <see cref="Measure"/> computes it: SHA-256 over a line for each image, of the SHA-256 of its file, a space and its class, sorted
    /// ordinally and each ended by a line feed. Names and places of files do not matter.
    /// </remarks>
    public string? Hash { get; init; }

    /// <summary>Number of images in all classes.</summary>
    public int Images => Classes.Sum(label => label.Images);

    /// <summary>Counts images, looks up sizes in the headers of their files, and hashes the files.</summary>
    /// <param name="images">The images. Files that cannot be opened count, but have no size and hash as empty ones.</param>
    /// <param name="heldOut">Those among them that are held out of training, by their index; null for none.</param>
    /// <param name="mostDimensions">
    /// Number of images whose sizes are looked up; at least 1. Of more images those of equal distance in the list are taken.
    /// </param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mostDimensions"/> is below 1.</exception>
    public static DataSetFacts Measure(
        IReadOnlyList<LabeledImage> images, IReadOnlyCollection<int>? heldOut = null, int mostDimensions = 2000,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostDimensions, 1);
        var held = new HashSet<int>(heldOut ?? []);
        return new DataSetFacts
        {
            Classes = [.. images.Index().GroupBy(image => image.Item.Label, StringComparer.Ordinal).Select(
                group => new ClassImages(group.Key, group.Count(), group.Count(image => held.Contains(image.Index))))],
            Dimensions = [.. Sample.Of(images, mostDimensions).Select(image => DimensionsOf(image.ImagePath)).OfType<ImageDimensions>()],
            Hash = HashOf(images, cancellationToken),
        };
    }

    private static ImageDimensions? DimensionsOf(string path)
    {
        try
        {
            using var stream = ImageArchives.OpenRead(path);
            using var codec = SKCodec.Create(stream);
            return codec is null ? null : new ImageDimensions(codec.Info.Width, codec.Info.Height);
        }
        catch (Exception e) when (IsOfFile(e))
        {
            return null;
        }
    }

    private static string HashOf(IReadOnlyList<LabeledImage> images, CancellationToken cancellationToken)
    {
        var lines = new string[images.Count];
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        Parallel.For(0, images.Count, options, i => lines[i] = $"{HashOf(images[i].ImagePath)} {images[i].Label}\n");
        Array.Sort(lines, StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string HashOf(string path)
    {
        try
        {
            using var stream = ImageArchives.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (IsOfFile(e))
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }
    }

    private static bool IsOfFile(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
