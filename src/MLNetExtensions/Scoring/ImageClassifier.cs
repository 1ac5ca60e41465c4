using System.Diagnostics;
using System.Runtime.CompilerServices;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Unicode;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>A saved image classifier, loaded once from <c>model.zip</c> or <c>model.onnx</c>, for apps without data views.</summary>
/// <remarks>
/// Encoded images go straight into the model's memory and through one ONNX Runtime session; ML.NET's row-by-row machinery is not used. With
/// <see cref="PixelMode.Exact"/>, the default, the scores are those of the same file in any ML.NET app. Safe for any number of threads at
/// once. On disposal, running calls finish and new ones are refused.
/// </remarks>
/// <example>
/// <code>
/// using var classifier = ImageClassifier.Load("model.zip");
/// ImagePrediction prediction = classifier.Predict("rose.jpg");
/// Console.WriteLine($"{prediction.Label}: {prediction.Probability:0.0%}");
/// </code>
/// </example>
public sealed class ImageClassifier : IImageClassifier, IDisposable
{
    private const string Damaged = "its weights are damaged; train or export it again.";

    private LoadedModel _model;
    private volatile bool _isDisposed;

    internal ImageClassifier(LoadedModel model) => _model = model;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => Metadata.Labels;

    /// <summary>Architecture, input size and normalisation, from the model's metadata.</summary>
    public ClassifierMetadata Metadata => Volatile.Read(ref _model).Metadata;

    /// <summary>What the model runs on; never <see cref="ComputeDevice.Auto"/>.</summary>
    public ComputeDevice Device => Volatile.Read(ref _model).Device;

    /// <summary>What predictions hold beside scores: all that the model gives, or what the options ask for.</summary>
    public ModelOutputs Outputs => Volatile.Read(ref _model).Outputs;

    /// <summary>Width times height of the largest image that is decoded.</summary>
    internal long MaxPixels => Volatile.Read(ref _model).Reader.MaxPixels;

    /// <summary>How many numbers an embedding has; 0 where predictions hold none.</summary>
    internal int EmbeddingLength => Volatile.Read(ref _model) is var model && model.Outputs.HasFlag(ModelOutputs.Embedding)
        ? model.ShapeOf(ModelOutputs.Embedding)[0] : 0;

    /// <summary>Loads a model from a file.</summary>
    /// <param name="path">
    /// A <c>.zip</c> that takes image files, or an <c>.onnx</c> file of this product; the content decides, not the name. The file is
    /// not needed any more when this returns.
    /// </param>
    /// <param name="options">How to score; null for the defaults.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an image classifier of this product that takes image
    /// files or images.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    public static ImageClassifier Load(string path, ImageScoringOptions? options = null) =>
        new(LoadModel(path, options ?? new ImageScoringOptions(), Path.GetFileName(path)));

    /// <summary>Loads a model from a stream, for example a resource or a blob.</summary>
    /// <param name="model">The content of a <c>.zip</c> or <c>.onnx</c> file, read to its end and left open.</param>
    /// <param name="options">How to score; null for the defaults.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static ImageClassifier LoadFrom(Stream model, ImageScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ImageScoringOptions();
        options.Validate();
        return new ImageClassifier(LoadedModel.Open(ModelContent.OfStream(model), options, "stream"));
    }

    /// <inheritdoc/>
    public ImagePrediction Predict(ImageSource image, CancellationToken cancellationToken = default)
    {
        using var use = Enter();
        return OrThrow(use.Model.Score(image, cancellationToken));
    }

    /// <inheritdoc/>
    public IReadOnlyList<ImagePrediction> PredictMany(IEnumerable<ImageSource> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var use = Enter();
        return ScoreAll(use.Model, [.. images], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImagePrediction> PredictAsync(ImageSource image, CancellationToken cancellationToken = default)
    {
        using var use = Enter();
        return OrThrow((await use.Model.ScoreAsync([image], cancellationToken).ConfigureAwait(false))[0]);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ImagePrediction> PredictManyAsync(
        IAsyncEnumerable<ImageSource> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ScoreAsTheyComeAsync(images, cancellationToken);
    }

    /// <summary>Labels an image and finds which of its parts speak for the label.</summary>
    /// <remarks>
    /// A model that gives <see cref="ModelOutputs.Heat"/> does so in one pass; see <see cref="Outputs"/>. Any other model scores the image
    /// 144 times with a part of it hidden, on all threads: seconds on a CPU.
    /// </remarks>
    /// <param name="image">A file, bytes, or a stream, which is read to its end.</param>
    /// <param name="cancellationToken">Stops before the image is scored again.</param>
    /// <exception cref="ImageDataException">The image cannot be read.</exception>
    /// <exception cref="ModelFileException">The model's scores are NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public ImageExplanation Explain(ImageSource image, CancellationToken cancellationToken = default)
    {
        using var use = Enter();
        image = image.Load();
        var prediction = OrThrow(use.Model.Score(image, cancellationToken));
        var square = SeenSquare.Of(use.Model.Metadata, use.Model.Reader.IgnoresOrientation);
        return prediction.Heat is { } heat
            ? new ImageExplanation(prediction, heat, HeatSource.Model, image.Bytes, square)
            : new ImageExplanation(
                prediction, Occlusion.Map(use.Model, square, image, prediction, cancellationToken), HeatSource.Occlusion, image.Bytes,
                square);
    }

    /// <summary>Scores labelled images and compares.</summary>
    /// <param name="images">Images whose labels the model knows.</param>
    /// <param name="maxSkippedImages">Unreadable images that are left out and listed; one more is an error.</param>
    /// <param name="cancellationToken">Stops after the current image.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSkippedImages"/> is negative.</exception>
    /// <exception cref="ImageDataException">There are no images; a label is unknown to the model; too many images, or all of a class,
    /// cannot be read.</exception>
    /// <exception cref="ModelFileException">The model's scores of an image are NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public ImageClassificationMetrics Evaluate(
        IReadOnlyList<LabeledImage> images, int maxSkippedImages = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSkippedImages);
        if (images.Count == 0)
        {
            throw new ImageDataException("There are no images to evaluate the model on.");
        }

        using var use = Enter();
        var labels = use.Model.Metadata.Labels;
        var indices = new LabelIndex(labels);
        if (images.FirstOrDefault(image => indices.Find(image.Label) is null) is { } stranger)
        {
            throw new ImageDataException($"The model does not know the class '{stranger.Label}'; it knows {string.Join(", ", labels)}.");
        }

        var watch = Stopwatch.StartNew();
        var predictions = ScoreAll(use.Model, [.. images.Select(image => ImageSource.FromFile(image.ImagePath))], cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        if (predictions.Where(p => p.IsModelsFault).ToList() is [var first, ..] faults)
        {
            throw new ModelFileException(
                $"The model's scores of {faults.Count} of {Counted.Of(images.Count, "image")} are NaN or infinite, including those of " +
                $"'{first.Image}': {Damaged}");
        }

        var skipped = predictions.Where(p => p.Error is not null).Select(p => new SkippedImage(p.Image!, p.Error!)).ToList();
        if (skipped.Count > maxSkippedImages || skipped.Count == images.Count)
        {
            throw new ImageDataException(
                $"{skipped.Count} of {Counted.Of(images.Count, "image")} cannot be read: {skipped.FirstOrDefault()?.Image}, " +
                $"{skipped.FirstOrDefault()?.Reason}");
        }

        LostClass.ThrowIfAny(images.Zip(predictions, (image, result) => (NormalForm.Of(image.Label), image.ImagePath, result.Error)));
        var refused = predictions.Count(p => p.Refusal is not null);
        if (refused == images.Count - skipped.Count)
        {
            var unlike = predictions.First(p => p.Refusal is not null);
            throw new ImageDataException(
                $"The model gives no label: it refuses {Counted.Of(refused, "image")}. Of '{unlike.Image}' it says: {unlike.Refusal} " +
                $"Lower {nameof(ImageScoringOptions.MinFamiliarity)} (--min-familiarity).");
        }

        var scored = images.Zip(predictions, (image, result) => (image.ImagePath, Class: indices.Find(image.Label)!.Value, Result: result))
            .Where(image => image.Result is { Error: null, Refusal: null }).ToList();
        return ImageClassificationMetrics.Of(
            labels, [.. scored.Select(image => (image.Class, image.Result.Scores))], skipped, seconds) with
        {
            Refused = refused,
            Results = [.. scored.Select(image => new ScoredImage
            {
                ImagePath = image.ImagePath,
                Label = labels[image.Class],
                PredictedLabel = image.Result.Label!,
                Probability = image.Result.Probability,
                LabelProbability = image.Result.Scores[image.Class],
                Familiarity = image.Result.Familiarity,
            })],
        };
    }

    /// <summary>Refuses new calls, and releases the model after the last running call; does not wait for that.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Volatile.Read(ref _model).Dispose();
    }

    /// <summary>Loads a model file for a classifier, or to replace that of one.</summary>
    internal static LoadedModel LoadModel(string path, ImageScoringOptions options, string metricsName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options.Validate();
        return LoadedModel.Open(ModelContent.OfFile(path), options, metricsName);
    }

    /// <summary>Uses another model from now on. Running calls finish on the old one, which is released after the last of them.</summary>
    internal void Replace(LoadedModel model)
    {
        Interlocked.Exchange(ref _model, model).Dispose();
        if (_isDisposed)
        {
            model.Dispose();
        }
    }

    /// <summary>The prediction, if there is one.</summary>
    /// <exception cref="ImageDataException">The image cannot be read.</exception>
    /// <exception cref="ModelFileException">The scores are NaN or infinite.</exception>
    internal static ImagePrediction OrThrow(ImagePrediction prediction)
    {
        var image = $"the image{(prediction.Image is { } name ? $" '{name}'" : "")}";
        return prediction.Error is null ? prediction
            : prediction.IsModelsFault ? throw new ModelFileException($"The model's scores of {image} are NaN or infinite: {Damaged}")
            : throw new ImageDataException($"T{image[1..]} cannot be read: {prediction.Error}");
    }

    private static ImagePrediction[] ScoreAll(LoadedModel model, ImageSource[] images, CancellationToken cancellationToken)
    {
        var results = new ImagePrediction[images.Length];
        var batches = (images.Length + model.BatchSize - 1) / model.BatchSize;
        model.ForEachBatch(
            batches,
            batch =>
            {
                var start = batch * model.BatchSize;
                var length = Math.Min(model.BatchSize, images.Length - start);
                model.Score(images, results, start, length, cancellationToken);
            },
            cancellationToken);
        return results;
    }

    private async IAsyncEnumerable<ImagePrediction> ScoreAsTheyComeAsync(
        IAsyncEnumerable<ImageSource> images, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var use = Enter();
        await foreach (var batch in BatchesAhead.ScoreAsync(use.Model, images, cancellationToken).ConfigureAwait(false))
        {
            foreach (var prediction in batch)
            {
                yield return prediction;
            }
        }
    }

    /// <summary>Enters the current model. If it has just been closed, it was replaced: then the next one is entered.</summary>
    private ModelUse Enter()
    {
        while (true)
        {
            var model = Volatile.Read(ref _model);
            if (model.TryEnter())
            {
                return new ModelUse(model);
            }

            ObjectDisposedException.ThrowIf(_isDisposed, this);
        }
    }

    private readonly struct ModelUse(LoadedModel model) : IDisposable
    {
        public LoadedModel Model => model;

        public void Dispose() => model.Leave();
    }
}
