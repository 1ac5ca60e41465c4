using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;

namespace MLNetExtensions;

/// <summary>A saved image classifier, loaded from <c>model.zip</c> or <c>model.onnx</c>, for apps that want no data view.</summary>
/// <remarks>Scores through the stock chain: the same pixels and the same numbers as in any ML.NET app.</remarks>
public sealed class ImageClassifier : IDisposable
{
    private readonly MLContext _ml;
    private readonly ITransformer _model;
    private readonly TemporaryFolder? _files;

    private ImageClassifier(MLContext ml, ITransformer model, TemporaryFolder? files, IReadOnlyList<string> labels)
    {
        (_ml, _model, _files) = (ml, model, files);
        Labels = labels;
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">A <c>.zip</c> that takes a text column <c>ImagePath</c>, or an <c>.onnx</c> file of this product.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no image classifier.</exception>
    public static ImageClassifier Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new ModelFileException($"The model file '{path}' does not exist.");
        }

        var ml = new MLContext();
        // One thread a session: several rows are scored at once, and their sessions' threads would fight for the same cores.
        ml.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 });
        var isOnnx = Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
        var files = isOnnx ? new TemporaryFolder() : null;
        try
        {
            ITransformer model = files is null ? LoadZip(ml, path) : LoadOnnx(ml, path, files);
            return new ImageClassifier(ml, model, files, ReadLabels(ml, model, path));
        }
        catch
        {
            files?.Dispose();
            throw;
        }
    }

    /// <summary>Labels image files, in order. Those that cannot be read are left out and named in <paramref name="skipped"/>.</summary>
    public IReadOnlyList<ImagePrediction> Predict(
        IEnumerable<string> imagePaths, out IReadOnlyList<SkippedImage> skipped, CancellationToken cancellationToken = default)
    {
        var rows = Score([.. imagePaths.Select(path => new LabeledImage { ImagePath = path })], cancellationToken);
        skipped = [.. rows.Where(row => row.Skipped is not null).Select(row => row.Skipped!)];
        return [.. rows.Where(row => row.Scores is not null).Select(row => Describe(row.Image, row.Scores!))];
    }

    /// <summary>Scores labelled images and compares.</summary>
    /// <param name="images">Images whose labels the model knows.</param>
    /// <param name="maxSkippedImages">Unreadable images that are left out and listed; one more is an error.</param>
    /// <param name="cancellationToken">Stops after the image at hand.</param>
    /// <exception cref="ImageDataException">A label is unknown to the model; no image, or too many, cannot be read.</exception>
    public ImageClassificationMetrics Evaluate(
        IReadOnlyList<LabeledImage> images, int maxSkippedImages = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var indices = Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        if (images.FirstOrDefault(image => !indices.ContainsKey(image.Label)) is { } stranger)
        {
            throw new ImageDataException($"The model does not know the class '{stranger.Label}'; it knows {string.Join(", ", Labels)}.");
        }

        var watch = Stopwatch.StartNew();
        var rows = Score(images, cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        var skipped = rows.Where(row => row.Skipped is not null).Select(row => row.Skipped!).ToList();
        if (skipped.Count > maxSkippedImages || skipped.Count == images.Count)
        {
            throw new ImageDataException(
                $"{skipped.Count} of {images.Count} images cannot be read: {skipped.FirstOrDefault()?.Image}, {skipped.FirstOrDefault()?.Reason}");
        }

        var scored = rows.Where(row => row.Scores is not null).Select(row => (indices[row.Image.Label], row.Scores!)).ToList();
        return ImageClassificationMetrics.Of(Labels, scored, skipped, seconds);
    }

    /// <summary>Releases the model.</summary>
    public void Dispose()
    {
        (_model as IDisposable)?.Dispose();
        _files?.Dispose();
    }

    private static ITransformer LoadZip(MLContext ml, string path)
    {
        try
        {
            return ml.Model.Load(path, out _);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            // ML.NET names no exception for a damaged model; whatever it throws, the file did not load.
            throw new ModelFileException($"'{path}' is no ML.NET model, or it is damaged: {FirstLine(e.Message)}", e);
        }
    }

    private static TransformerChain<KeyToValueMappingTransformer> LoadOnnx(MLContext ml, string path, TemporaryFolder files)
    {
        const string Image = "mlvision.Image";
        var (model, metadata) = ClassifierModel.Load(path);
        var onnxFile = files.File("model.onnx");
        StockChain.WriteOnnx(model, onnxFile);

        try
        {
            var labels = ClassLabels.FromNames(metadata.Labels);
            return ml.Transforms.LoadImages(Image, imageFolder: "", nameof(LabeledImage.ImagePath))
                .Append(StockChain.Create(MLEnvironment.Of(ml.Transforms), PixelColumn.OfImages(Image, metadata.ImageSize), onnxFile, labels))
                .Append(ml.Transforms.Conversion.MapKeyToValue(StockChain.PredictedLabel))
                .Fit(NoImages(ml));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            throw new ModelFileException($"ONNX Runtime cannot run '{path}': {FirstLine(e.Message)}", e);
        }
    }

    private static string[] ReadLabels(MLContext ml, ITransformer model, string path)
    {
        try
        {
            var score = model.GetOutputSchema(NoImages(ml).Schema)[StockChain.Score];
            VBuffer<ReadOnlyMemory<char>> names = default;
            score.GetSlotNames(ref names);
            return [.. names.DenseValues().Select(name => name.ToString())];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ModelFileException(
                $"'{path}' is no image classifier: it must take a text column ImagePath and yield Score with slot names.", e);
        }
    }

    private static IDataView NoImages(MLContext ml) => ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();

    private IReadOnlyList<Row> Score(IReadOnlyList<LabeledImage> images, CancellationToken cancellationToken)
    {
        var view = _model.Transform(_ml.Data.LoadFromEnumerable(images));
        var (path, score) = (view.Schema[nameof(LabeledImage.ImagePath)], view.Schema[StockChain.Score]);
        var labels = view.Schema.First(column => column.Name == nameof(LabeledImage.Label));
        return ParallelRows.Read(view, [path, labels, score], row => BindReader(row, path, labels, score), cancellationToken);
    }

    private static Func<Row> BindReader(DataViewRow row, DataViewSchema.Column path, DataViewSchema.Column label, DataViewSchema.Column score)
    {
        var getPath = row.GetGetter<ReadOnlyMemory<char>>(path);
        var getLabel = row.GetGetter<ReadOnlyMemory<char>>(label);
        var getScore = row.GetGetter<VBuffer<float>>(score);
        ReadOnlyMemory<char> text = default;
        VBuffer<float> scores = default;
        return () =>
        {
            getPath(ref text);
            var imagePath = text.ToString();
            getLabel(ref text);
            var image = new LabeledImage { ImagePath = imagePath, Label = text.ToString() };
            if (ImageFile.WhyTooLarge(imagePath) is { } tooLarge)
            {
                return new Row(image, null, new SkippedImage(imagePath, tooLarge));
            }

            try
            {
                getScore(ref scores);
                return new Row(image, [.. scores.DenseValues()], null);
            }
            catch (Exception) when (ImageFile.WhyUnreadable(imagePath) is not null)
            {
                return new Row(image, null, new SkippedImage(imagePath, ImageFile.WhyUnreadable(imagePath)!));
            }
        };
    }

    private ImagePrediction Describe(LabeledImage image, IReadOnlyList<float> scores)
    {
        var best = ImageClassificationMetrics.IndexOfLargest(scores);
        return new ImagePrediction(image.ImagePath, Labels[best], scores[best], scores);
    }

    private readonly record struct Row(LabeledImage Image, IReadOnlyList<float>? Scores, SkippedImage? Skipped);
}
