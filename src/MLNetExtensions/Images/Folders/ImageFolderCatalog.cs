using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images.Folders;

namespace Microsoft.ML;

/// <summary>Adds folders of images to <see cref="MLContext.Data"/>.</summary>
public static class ImageFolderCatalog
{
    /// <summary>Loads a folder with one sub-folder of images per class.</summary>
    /// <param name="catalog">The catalog of data operations.</param>
    /// <param name="folder">The root folder.</param>
    /// <param name="logger">Receives one line about what was left out and why; <see cref="MLContext.Log"/> gets it, too.</param>
    /// <returns>A view with the text columns <c>ImagePath</c> and <c>Label</c>, one row per image, in ordinal order.</returns>
    /// <exception cref="ImageDataException">The folder is missing, empty or wrongly laid out; see <see
    /// cref="ImageFolder.Read"/>.</exception>
    /// <example>
    /// <code>IDataView images = mlContext.Data.LoadImageFolder("flowers");      // flowers/rose/1.jpg, flowers/tulip/2.jpg, …</code>
    /// </example>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var context = new ContextLogger(MLEnvironment.Of(catalog), nameof(ImageFolder), logger);
        return catalog.LoadFromEnumerable(ImageFolder.Read(folder, context));
    }
}
