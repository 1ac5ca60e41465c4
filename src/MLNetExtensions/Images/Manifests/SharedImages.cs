using System.Security.Cryptography;
using MLVision.MLNetExtensions.Images.Archives;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Looks for images that are in two parts of a data set: equal files, which the doctor calls a leak.</summary>
internal static class SharedImages
{
    /// <summary>Refuses parts that share an image.</summary>
    /// <remarks>Only files of equal size are read.</remarks>
    /// <exception cref="ImageDataException">An image is in two parts.</exception>
    public static void ThrowIfAny(ManifestImages images, CancellationToken cancellationToken)
    {
        List<(LabeledImage Image, ManifestPart Part)> all =
            [.. Enum.GetValues<ManifestPart>().SelectMany(part => images.Of(part).Select(image => (image, part)))];
        var sizes = new long[all.Count];
        ForEach(all.Count, index => sizes[index] = SizeOf(all[index].Image.ImagePath), cancellationToken);
        List<int> alike =
        [
            .. Enumerable.Range(0, all.Count).Where(index => sizes[index] > 0).GroupBy(index => sizes[index])
                .Where(same => same.Select(index => all[index].Part).Distinct().Skip(1).Any()).SelectMany(same => same),
        ];
        var digests = new string?[alike.Count];
        ForEach(alike.Count, place => digests[place] = DigestOf(all[alike[place]].Image.ImagePath), cancellationToken);
        var shared = alike.Zip(digests).Where(image => image.Second is not null)
            .GroupBy(image => image.Second, image => all[image.First])
            .Where(same => same.Select(image => image.Part).Distinct().Skip(1).Any()).ToList();
        if (shared is [var first, ..])
        {
            var one = first.First();
            var other = first.First(image => image.Part != one.Part);
            var more = shared.Count > 1 ? $"; so are {shared.Count - 1} more" : "";
            throw new ImageDataException(
                $"Leaks between the parts: the same image lies in two parts of the data set, '{one.Image.ImagePath}' in {Name(one.Part)} "
                + $"and '{other.Image.ImagePath}' in {Name(other.Part)}{more}, so that a test would measure memory. Remove one; "
                + "'mlvision doctor' lists them all.");
        }
    }

    private static string Name(ManifestPart part) => part.ToString().ToLowerInvariant();

    private static void ForEach(int count, Action<int> action, CancellationToken cancellationToken) =>
        ParallelItems.ForEach(count, Environment.ProcessorCount, action, cancellationToken);

    /// <summary>Bytes of an image; 0 where it cannot be read, which whoever reads it lists.</summary>
    private static long SizeOf(string path)
    {
        try
        {
            return ImageArchives.SizeOf(path);
        }
        catch (Exception e) when (IsOfFile(e))
        {
            return 0;
        }
    }

    private static string? DigestOf(string path)
    {
        try
        {
            using var stream = ImageArchives.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (IsOfFile(e))
        {
            return null;
        }
    }

    private static bool IsOfFile(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
