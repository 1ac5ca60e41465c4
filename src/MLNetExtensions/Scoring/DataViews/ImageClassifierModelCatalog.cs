using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
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
    /// before and after the classifier stay; one after it that cannot be loaded, because its assembly is not here, is left out with a
    /// warning to <see cref="MLContext.Log"/>, and what remains cannot be saved. An <c>.onnx</c> file takes a text column <c>ImagePath</c>
    /// and yields <c>PredictedLabel</c> as text. The same files are opened and refused as by <see cref="ImageClassifier.Load"/>.
    /// </remarks>
    /// <param name="catalog">The catalog of model operations.</param>
    /// <param name="path">A <c>model.zip</c> or <c>model.onnx</c> of this product; the content decides, not the name.</param>
    /// <param name="options">How to score; null for the defaults.</param>
    /// <param name="skipped">Receives rows whose images cannot be read, on the reader's thread; null for none.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an image classifier of this product that
    /// takes image files or images.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <example>
    /// <code>
    /// using var model = mlContext.Model.LoadImageClassifier("model.zip");
    /// IDataView scored = model.Transform(images);
    /// </code>
    /// </example>
    public static BatchScoringTransformer LoadImageClassifier(
        this ModelOperationsCatalog catalog, string path, ImageScoringOptions? options = null, IProgress<SkippedImage>? skipped = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new ImageScoringOptions();
        options.Validate();
        // A GPU that the context asks for but that cannot be used is refused, as Model.Load of the zip would refuse it.
        var ml = MLEnvironment.Of(catalog);
        return ml.BuildOnnx(() =>
        {
            var content = ModelContent.OfFile(path, catalog);
            if (content.Chain?.LeftOut is { } reason)
            {
                ml.Log(nameof(LoadImageClassifier), $"Steps after the classifier are left out: {reason}", warning: true);
            }

            return BatchScoringTransformer.Create(content, Path.GetFileName(path), options, skipped);
        });
    }

    /// <summary>Makes a chain that holds an image classifier score data views at full speed.</summary>
    /// <param name="catalog">The catalog of model operations.</param>
    /// <param name="model">A chain from an estimator's <c>Fit</c> or from <c>Model.Load</c>; it is not changed.</param>
    /// <param name="options">How to score; null for the defaults.</param>
    /// <param name="skipped">Receives rows whose images cannot be read, on the reader's thread; null for none.</param>
    /// <returns>A new transformer that the caller disposes of; the chain's ONNX session is not used.</returns>
    /// <exception cref="ModelFileException">There is not an image classifier of this product in the chain, or more than one.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    /// <example>
    /// <code>using var batched = mlContext.Model.ToBatched(fitted);</code>
    /// </example>
    public static BatchScoringTransformer ToBatched(
        this ModelOperationsCatalog catalog, ITransformer model, ImageScoringOptions? options = null,
        IProgress<SkippedImage>? skipped = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        return BatchScoringTransformer.Create(
            ModelContent.OfChain(model, "The chain"), "The chain", options ?? new ImageScoringOptions(), skipped);
    }
}
