using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images.Manifests;

namespace Microsoft.ML;

/// <summary>Adds tables of images to <see cref="MLContext.Data"/>.</summary>
public static class ImageManifestCatalog
{
    /// <summary>Loads a table of images: CSV with a header, or JSON lines.</summary>
    /// <remarks>
    /// The file is read once to check it, and again by each pass over the view; rows are not kept. An image that is named again with the
    /// same label and part counts once.
    /// </remarks>
    /// <param name="catalog">The catalog of data operations.</param>
    /// <param name="path">The file, whose name ends in .csv or .jsonl.</param>
    /// <param name="logger">Receives a line about what the file holds; <see cref="MLContext.Log"/> gets it, too.</param>
    /// <returns>
    /// A view of text columns: <c>ImagePath</c>, full paths; <c>Label</c> and <c>Split</c> (<c>train</c>, <c>validation</c>, <c>test</c>)
    /// where the file has such; and its other columns under their names.
    /// </returns>
    /// <exception cref="ImageDataException">The file is missing, empty or faulty; see <see cref="ImageManifest.ReadLabeled"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <example>
    /// <code>
    /// IDataView all = mlContext.Data.LoadImageManifest("flowers.csv");      // image,label,split,photographer
    /// </code>
    /// </example>
    public static IDataView LoadImageManifest(this DataOperationsCatalog catalog, string path, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var manifest = ImageManifest.Open(path);
        var check = new ManifestCheck(manifest);
        foreach (var _ in check.Rows(new ContextLogger(MLEnvironment.Of(catalog), nameof(ImageManifest), logger), withOthers: false))
        {
            // Each row is checked, and none is kept.
        }

        return new ManifestView(manifest, check.Repeated, check.Count);
    }
}
