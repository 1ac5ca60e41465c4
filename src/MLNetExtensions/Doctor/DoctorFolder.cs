using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Images.Manifests;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Reads the images to examine from a folder or a manifest.</summary>
public static class DoctorFolder
{
    /// <summary>Lists the images of a folder with one sub-folder per class, or of one that holds several such folders.</summary>
    /// <remarks>
    /// Folders such as <c>train</c>, <c>val</c> and <c>test</c> that have sub-folders in common are the parts of one data set; then all of
    /// them are read, and each image knows its part. What counts as an image says <see cref="ImageFolder"/>. In place of a folder a table
    /// may be named, whose column <c>split</c> says the parts: see <see cref="ImageManifest"/>.
    /// </remarks>
    /// <param name="folder">The folder, or a manifest whose name ends in .csv or .jsonl.</param>
    /// <param name="logger">Receives a line about what was left out; null for no log.</param>
    /// <exception cref="ImageDataException">The folder is missing, empty or wrongly laid out; the manifest is faulty.</exception>
    public static IReadOnlyList<DoctorImage> Read(string folder, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (ImageManifest.IsNamedSo(folder))
        {
            return OfManifest(ImageManifest.Open(folder).ReadLabeled(logger));
        }

        if (!Directory.Exists(folder) || SplitFolders.Of(folder) is not { } split)
        {
            return OfClasses(folder, part: null, logger);
        }

        return [.. split.Parts.SelectMany(part => OfClasses(part, Path.GetFileName(part), logger))];
    }

    private static IReadOnlyList<DoctorImage> OfManifest(ManifestImages images) =>
    [
        .. from part in Enum.GetValues<ManifestPart>()
           from image in images.Of(part)
           select new DoctorImage(image.ImagePath, image.Label, images.IsSplit ? part.ToString().ToLowerInvariant() : null),
    ];

    private static IReadOnlyList<DoctorImage> OfClasses(string folder, string? part, ILogger? logger) =>
        [.. ImageFolder.Read(folder, logger).Select(image => new DoctorImage(image.ImagePath, image.Label, part))];
}
