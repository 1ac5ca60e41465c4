using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetExtensions;

namespace Trainers.Training;

/// <summary>Reads a data view's images into memory, through the same stock transforms that will serve when scoring.</summary>
internal sealed class TrainingImages
{
    private const string PixelsName = "mlvision.TrainingPixels";
    private const string PathName = "ImagePath";
    private const int AnySize = 8;

    private readonly MLEnvironment _ml;
    private readonly ImageClassifierOptions _options;
    private readonly ILogger _logger;
    private readonly List<SkippedImage> _skipped = [];

    /// <summary>Checks the columns; nothing is read yet.</summary>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    /// <exception cref="ImageDataException">There are fewer than two classes.</exception>
    public TrainingImages(MLEnvironment ml, DataViewSchema schema, ImageClassifierOptions options, Preprocessing preprocessing, ILogger logger)
    {
        (_ml, _options, _logger) = (ml, options, logger);
        Labels = ClassLabels.FromKeyColumn(Find(schema, options.LabelColumnName));
        if (Labels.Count < 2)
        {
            throw new ImageDataException($"Training needs at least two classes, but there is only '{Labels.Names[0]}'.");
        }

        var isSizeAsked = options.ImageSize is not null || options.ResizeSize is not null;
        Pixels = PixelColumn.Of(
            Find(schema, options.ImageColumnName), isSizeAsked ? preprocessing.ResizeSize : null, defaultImageSize: preprocessing.ResizeSize);
        // Pixels that come in a size of their own are seen whole.
        Preprocessing = Pixels.ImageSize == preprocessing.ResizeSize
            ? preprocessing
            : preprocessing with { ResizeSize = Pixels.ImageSize, ImageSize = Pixels.ImageSize };
    }

    /// <summary>Checks the columns as far as they can be without knowing the size of images.</summary>
    /// <inheritdoc cref="TrainingImages(MLEnvironment, DataViewSchema, ImageClassifierOptions, Preprocessing, ILogger)" path="/exception"/>
    public static void CheckColumns(MLEnvironment ml, DataViewSchema schema, ImageClassifierOptions options) =>
        _ = new TrainingImages(
            ml, schema, options with { ImageSize = null, ResizeSize = null }, new Preprocessing(AnySize, AnySize, Normalization.ImageNet), NullLogger.Instance);

    /// <summary>The classes, in key order.</summary>
    public ClassLabels Labels { get; }

    /// <summary>The image column.</summary>
    public PixelColumn Pixels { get; }

    /// <summary>How the images become what the network sees.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Images that could not be read, in the order of the data.</summary>
    public IReadOnlyList<SkippedImage> Skipped => _skipped;

    /// <summary>Reads the images to learn from and those to check on: the ones given, or a share held out.</summary>
    /// <exception cref="ImageDataException">Fewer than two classes have images, or there are too many unreadable images.</exception>
    public (PixelSet Training, PixelSet Validation) Read(IDataView training, IDataView? validation)
    {
        CheckLabels(validation?.Schema);
        var images = Read(training);
        if (images.Labels.Distinct().Count() < 2)
        {
            throw new ImageDataException("Training needs readable images of at least two classes.");
        }

        return validation is null
            ? images.Split(_options.ValidationFraction, new Random(_options.Seed))
            : (images, Read(validation));
    }

    private void CheckLabels(DataViewSchema? validation)
    {
        if (validation is not null
            && !ClassLabels.FromKeyColumn(Find(validation, _options.LabelColumnName)).Names.SequenceEqual(Labels.Names, StringComparer.Ordinal))
        {
            throw new ColumnMismatchException(
                $"The keys in label column '{_options.LabelColumnName}' stand for other labels in the validation data; map both with the transformer that MapValueToKey gave for the training data.");
        }
    }

    private PixelSet Read(IDataView view)
    {
        var images = PixelColumn.Of(Find(view.Schema, _options.ImageColumnName), Pixels.ImageSize, Pixels.ImageSize);
        var pixelView = images.Extract(_ml.Transforms, PixelsName).Fit(view).Transform(view);
        var schema = pixelView.Schema;
        var (pixels, label) = (schema[PixelsName], Find(schema, _options.LabelColumnName));
        var path = schema.GetColumnOrNull(PathName) is { Type: TextDataViewType } column ? column : (DataViewSchema.Column?)null;
        DataViewSchema.Column[] columns = path is { } p ? [pixels, label, p] : [pixels, label];

        var skippedSoFar = 0;
        var rows = ParallelRows.Read(view: pixelView, columns, row => BindReader(row, pixels, label, path, SkipOne), _options.CancellationToken);
        foreach (var (index, row) in rows.Index().Where(r => r.Item.Skipped is not null))
        {
            var skipped = row.Skipped! with { Image = row.Skipped.Image.Length > 0 ? row.Skipped.Image : $"row {index}" };
            _skipped.Add(skipped);
            EpochLog.Skipped(_logger, skipped.Image, skipped.Reason);
        }

        var read = rows.Where(row => row.Pixels is not null).ToList();
        return new PixelSet(Pixels.ImageSize, [.. read.Select(row => row.Pixels!)], [.. read.Select(row => row.Label)]);

        void SkipOne(SkippedImage image)
        {
            if (Interlocked.Increment(ref skippedSoFar) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many unreadable images (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} cannot be read either, {image.Reason}");
            }
        }
    }

    private static Func<Row> BindReader(
        DataViewRow row, DataViewSchema.Column pixels, DataViewSchema.Column label, DataViewSchema.Column? path, Action<SkippedImage> skip)
    {
        var getPixels = row.GetGetter<VBuffer<byte>>(pixels);
        var getKey = row.GetGetter<uint>(label);
        var getPath = path is { } column ? row.GetGetter<ReadOnlyMemory<char>>(column) : null;
        VBuffer<byte> buffer = default;
        uint key = 0;
        return () =>
        {
            getKey(ref key);
            if (key == 0)
            {
                return Skip("its label is missing or unknown.");
            }

            try
            {
                getPixels(ref buffer);
                return new Row(buffer.DenseValues().ToArray(), (int)key - 1, null);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                // The stock transforms name no exception for an image they cannot read: anything may come out of the decoder.
                return Skip(null, e);
            }
        };

        Row Skip(string? reason, Exception? error = null)
        {
            ReadOnlyMemory<char> file = default;
            getPath?.Invoke(ref file);
            reason ??= (Path.IsPathRooted(file.Span) ? ImageFile.WhyUnreadable(file.ToString()) : null) ?? error!.Message.Split('\n')[0];
            var skipped = new SkippedImage(file.ToString(), reason);
            skip(skipped);
            return new Row(null, 0, skipped);
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw new ColumnMismatchException($"The data has no column '{name}'.");

    private readonly record struct Row(byte[]? Pixels, int Label, SkippedImage? Skipped);
}
