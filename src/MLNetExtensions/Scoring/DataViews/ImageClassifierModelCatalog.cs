using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.DataViews;

namespace Microsoft.ML;

/// <summary>Adds image classifiers that score in batches to <see cref="MLContext.Model"/>.</summary>
public static class ImageClassifierModelCatalog
{
    /// <summary>Loads an image classifier to score data views at full speed.</summary>
    /// <remarks>
    /// The columns are those that <c>Model.Load</c>'s transformer gives, and with exact pixels so are the scores. Steps that the zip holds
    /// before and after the classifier stay. An <c>.onnx</c> file takes a text column <c>ImagePath</c> and yields <c>PredictedLabel</c> as
    /// text.
    /// </remarks>
    /// <param name="catalog">The catalog of model operations.</param>
    /// <param name="path">A <c>model.zip</c> or <c>model.onnx</c> of this product; the content decides, not the name.</param>
    /// <param name="options">How to score; defaults where null.</param>
    /// <param name="skipped">Hears, on the reader's thread, of rows whose images cannot be read; no one where null.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no image classifier of this product.</exception>
    /// <exception cref="DeviceUnavailableException">The device asked for is not there or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of its range.</exception>
    public static BatchScoringTransformer LoadImageClassifier(
        this ModelOperationsCatalog catalog, string path, ImageScoringOptions? options = null, IProgress<SkippedImage>? skipped = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new ImageScoringOptions();
        options.Validate();
        using var files = new TemporaryFolder();
        var model = ModelContent.IsZip(path)
            ? LoadZip(catalog, path) : StockChain.OfFile(MLEnvironment.Of(catalog), path, files.File("model.onnx"));
        // Of the stock chain only the ONNX transformer is disposable, and that is replaced.
        using var replaced = model as IDisposable;
        return BatchScoringTransformer.Create(model, Path.GetFileName(path), options, skipped);
    }

    /// <summary>Makes a chain that holds an image classifier score data views at full speed.</summary>
    /// <param name="catalog">The catalog of model operations.</param>
    /// <param name="model">A chain as an estimator's <c>Fit</c> or <c>Model.Load</c> gives it, left as it is.</param>
    /// <param name="options">How to score; defaults where null.</param>
    /// <param name="skipped">Hears, on the reader's thread, of rows whose images cannot be read; no one where null.</param>
    /// <returns>A transformer of its own, to be disposed of; the chain's ONNX session is not used.</returns>
    /// <exception cref="ModelFileException">There is no image classifier of this product in the chain, or more than one.</exception>
    /// <exception cref="DeviceUnavailableException">The device asked for is not there or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of its range.</exception>
    public static BatchScoringTransformer ToBatched(
        this ModelOperationsCatalog catalog, ITransformer model, ImageScoringOptions? options = null,
        IProgress<SkippedImage>? skipped = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        return BatchScoringTransformer.Create(model, "The chain", options ?? new ImageScoringOptions(), skipped);
    }

    private static ITransformer LoadZip(ModelOperationsCatalog catalog, string path)
    {
        try
        {
            return MLEnvironment.Of(catalog).BuildOnnx(() => catalog.Load(path, out _));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            // ML.NET names no exception for a damaged model; whatever it throws, the file did not load.
            throw new ModelFileException($"'{path}' is no ML.NET model, or it is damaged{ForeignError.InBrackets(e)}; save it anew.", e);
        }
    }
}
