using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetExtensions;

namespace Trainers.Training;

/// <summary>Reads a data view's images once, through the same stock transforms that will serve when scoring, and keeps their pixels.</summary>
/// <remarks>
/// An image that claims too many pixels is not decoded where its file is known: from the <c>LoadImages</c> step behind the column, or from
/// a column <c>ImagePath</c> of full paths. Images in memory cannot be looked at before.
/// </remarks>
internal sealed class TrainingImages : IDisposable
{
    private const string PixelsName = "mlvision.TrainingPixels";
    private const string PathName = "ImagePath";
    private const int AnySize = 8;

    private readonly MLEnvironment _ml;
    private readonly ImageClassifierOptions _options;
    private readonly ILogger _logger;
    private readonly List<SkippedImage> _skipped = [];
    private PixelStore? _store;

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
        new TrainingImages(
            ml, schema, options with { ImageSize = null, ResizeSize = null }, new Preprocessing(AnySize, AnySize, Normalization.ImageNet), NullLogger.Instance)
            .Dispose();

    /// <summary>The classes, in key order.</summary>
    public ClassLabels Labels { get; }

    /// <summary>The image column.</summary>
    public PixelColumn Pixels { get; }

    /// <summary>How the images become what the network sees.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Images that could not be read, in the order of the data.</summary>
    public IReadOnlyList<SkippedImage> Skipped => _skipped;

    /// <summary>Reads the images to learn from and those to check on: the ones given, or a share held out.</summary>
    /// <remarks>To be called once; the sets can be read until this is disposed.</remarks>
    /// <exception cref="ImageDataException">
    /// Fewer than two classes have images; too many images, or all of a class, are unreadable; not one validation image can be used.
    /// </exception>
    /// <exception cref="IOException">The pixels do not fit on the temporary folder's disk.</exception>
    public (PixelSet Training, PixelSet Validation) Read(IDataView training, IDataView? validation)
    {
        CheckLabels(validation?.Schema);
        var expectedImages = training.GetRowCount() + (validation is null ? 0 : validation.GetRowCount());
        _store = new PixelStore(Pixels.ImageSize, _options.PixelMemoryMegabytes * 1_000_000L, expectedImages);
        var images = Read(training, _store);
        if (images.Labels.Distinct().Count() < 2)
        {
            throw new ImageDataException("Training needs readable images of at least two classes.");
        }

        WarnOfClassesWithout(images);
        var skippedInTraining = _skipped.Count;
        var heldOut = validation is null ? null : Read(validation, _store);
        if (heldOut is { Count: 0 })
        {
            throw new ImageDataException(_skipped.Count > skippedInTraining && _skipped[skippedInTraining] is var first
                ? $"Not one of the {_skipped.Count - skippedInTraining} validation images can be used: {first.Image}, {first.Reason}"
                : "The validation data holds no images.");
        }

        _store.Seal();
        PixelLog.Stored(_logger, _store);
        return heldOut is null ? images.Split(_options.ValidationFraction, new Random(_options.Seed)) : (images, heldOut);
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => _store?.Dispose();

    private void CheckLabels(DataViewSchema? validation)
    {
        if (validation is not null
            && !ClassLabels.FromKeyColumn(Find(validation, _options.LabelColumnName)).Names.SequenceEqual(Labels.Names, StringComparer.Ordinal))
        {
            throw new ColumnMismatchException(
                $"The keys in label column '{_options.LabelColumnName}' stand for other labels in the validation data; map both with the transformer that MapValueToKey gave for the training data.");
        }
    }

    private PixelSet Read(IDataView view, PixelStore store)
    {
        var images = PixelColumn.Of(Find(view.Schema, _options.ImageColumnName), Pixels.ImageSize, Pixels.ImageSize);
        var pixelView = images.Extract(_ml.Transforms, PixelsName).Fit(view).Transform(view);
        var schema = pixelView.Schema;
        var (pixels, label) = (schema[PixelsName], Find(schema, _options.LabelColumnName));
        var source = ImageFileColumn.Of(view, _options.ImageColumnName);
        var path = schema.GetColumnOrNull(source?.PathColumn ?? PathName) is { Type: TextDataViewType } column ? column : (DataViewSchema.Column?)null;
        DataViewSchema.Column[] columns = path is { } p ? [pixels, label, p] : [pixels, label];

        var skippedSoFar = 0;
        var rows = ParallelRows.Read(view: pixelView, columns, row => BindReader(row, pixels, label, path, source, store, SkipOne), _options.CancellationToken);
        foreach (var (index, row) in rows.Index().Where(r => r.Item.Skipped is not null))
        {
            var skipped = row.Skipped! with { Image = row.Skipped.Image.Length > 0 ? row.Skipped.Image : $"row {index}" };
            _skipped.Add(skipped);
            EpochLog.Skipped(_logger, skipped.Image, skipped.Reason);
        }

        var read = rows.Where(row => row.Skipped is null).ToList();
        ThrowIfClassIsLost(rows);
        return new PixelSet(store, [.. read.Select(row => row.Number)], [.. read.Select(row => row.Label)]);

        void SkipOne(SkippedImage image)
        {
            if (Interlocked.Increment(ref skippedSoFar) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many unreadable images (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} cannot be read either, {image.Reason}");
            }
        }
    }

    /// <summary>Where nothing at all can be read, that is said instead.</summary>
    private void ThrowIfClassIsLost(IReadOnlyList<Row> rows)
    {
        if (rows.Any(row => row.Skipped is null))
        {
            LostClass.ThrowIfAny(rows.Index().Where(row => row.Item.Label >= 0).Select(row => (
                Labels.Names[row.Item.Label],
                row.Item.Skipped is { Image.Length: > 0 } named ? named.Image : $"row {row.Index}",
                row.Item.Skipped?.Reason)));
        }
    }

    /// <summary>A mapping fitted on more data knows classes of which there are no rows here: no error, but the model cannot know them.</summary>
    private void WarnOfClassesWithout(PixelSet images)
    {
        const int MostNamed = 10;
        var absent = Labels.Names.Where((_, label) => !images.Labels.Contains(label)).ToList();
        if (absent.Count > 0)
        {
            EpochLog.ClassesWithoutImages(_logger, string.Join(", ", absent.Take(MostNamed)) + (absent.Count > MostNamed ? ", …" : ""));
        }
    }

    private static Func<Row> BindReader(
        DataViewRow row, DataViewSchema.Column pixels, DataViewSchema.Column label, DataViewSchema.Column? path, ImageFileColumn? source,
        PixelStore store, Action<SkippedImage> skip)
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
                return Skip(NamedFile(), "its label is missing or unknown.");
            }

            var name = NamedFile();
            var file = source is not null ? source.PathOf(name) : Path.IsPathRooted(name) ? name : null;
            if (file is not null && ImageFile.WhyTooLarge(file) is { } tooLarge)
            {
                return Skip(name, tooLarge);
            }

            try
            {
                getPixels(ref buffer);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                // The stock transforms name no exception for an image they cannot read: anything may come out of the decoder.
                return Skip(name, (file is not null ? ImageFile.WhyUnreadable(file) : null) ?? e.Message.Split('\n')[0]);
            }

            // Threads come in any order; the rows' order is the data's.
            return new Row(buffer.IsDense ? store.Append(buffer.GetValues()) : store.Append([.. buffer.DenseValues()]), (int)key - 1, null);
        };

        string NamedFile()
        {
            ReadOnlyMemory<char> file = default;
            getPath?.Invoke(ref file);
            return file.ToString();
        }

        Row Skip(string file, string reason)
        {
            var skipped = new SkippedImage(file, reason);
            skip(skipped);
            return new Row(-1, (int)key - 1, skipped);
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw new ColumnMismatchException($"The data has no column '{name}'.");

    /// <param name="Number">The store's number of the image; -1 for one that was skipped.</param>
    /// <param name="Label">Its class, from 0; -1 where it is missing or unknown.</param>
    /// <param name="Skipped">Why it was skipped, or null.</param>
    private readonly record struct Row(int Number, int Label, SkippedImage? Skipped);
}
