using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;

namespace Microsoft.ML;

/// <summary>Adds image files, as a saved pipeline takes them, to <see cref="MLContext.Data"/>.</summary>
public static class ImageFileCatalog
{
    /// <summary>Gives image files as rows that a pipeline around an image classifier takes, whatever its columns are called.</summary>
    /// <remarks>
    /// The one column that the classifier's pixels come from holds the files' paths, or the decoded images; all others hold what their
    /// types stand for nothing with.
    /// </remarks>
    /// <param name="catalog">The catalog of data operations.</param>
    /// <param name="files">One file per row.</param>
    /// <param name="model">The pipeline, as an estimator's <c>Fit</c> or <c>Model.Load</c> gives it.</param>
    /// <param name="inputSchema">The schema that <c>Model.Load</c> gives beside it; null where there is none.</param>
    /// <exception cref="ModelFileException">
    /// There is not an image classifier of this product in the pipeline, or its pixels do not come from images in one column.
    /// </exception>
    public static IDataView LoadImageFiles(
        this DataOperationsCatalog catalog, IReadOnlyList<string> files, ITransformer model, DataViewSchema? inputSchema = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(model);
        const string Name = "The pipeline";
        var (steps, _) = StockSteps.Of(model, Name);
        try
        {
            return ChainInput.Of([.. steps.Before, .. steps.Pixels], inputSchema).Rows(files);
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException($"{Name} {e.Message}.", e);
        }
    }
}
