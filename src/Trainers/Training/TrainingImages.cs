using System.Collections.Concurrent;
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
    public TrainingImages(MLEnvironment ml, IDataView view, ImageClassifierOptions options, Preprocessing preprocessing, ILogger logger)
    {
        (_ml, _options, _logger) = (ml, options, logger);
        Labels = ClassLabels.FromKeyColumn(Find(view.Schema, options.LabelColumnName));
        if (Labels.Count < 2)
        {
            throw new ImageDataException($"Training needs at least two classes, but there is only '{Labels.Names[0]}'.");
        }

        var isSizeAsked = options.ImageSize is not null || options.ResizeSize is not null;
        Pixels = PixelColumn.Of(
            view, options.ImageColumnName, isSizeAsked ? preprocessing.ResizeSize : null, defaultImageSize: preprocessing.ResizeSize);
        // Pixels that come in a size of their own are seen whole.
        Preprocessing = Pixels.ImageSize == preprocessing.ResizeSize
            ? preprocessing
            : preprocessing with { ResizeSize = Pixels.ImageSize, ImageSize = Pixels.ImageSize };
    }

    /// <summary>Checks the columns as far as they can be without knowing the size of images.</summary>
    /// <remarks>Where a column may hold others than pixels of 0 to 255, its first images are looked at.</remarks>
    /// <inheritdoc cref="TrainingImages(MLEnvironment, IDataView, ImageClassifierOptions, Preprocessing, ILogger)" path="/exception"/>
    public static void CheckColumns(MLEnvironment ml, IDataView view, IDataView? validation, ImageClassifierOptions options)
    {
        var anySize = options with { ImageSize = null, ResizeSize = null };
        using var images = new TrainingImages(ml, view, anySize, new Preprocessing(AnySize, AnySize, Normalization.ImageNet), NullLogger.Instance);
        images.Pixels.Doubtful()?.LookAtFirst(view);
        images.CheckLabels(validation?.Schema);
        if (validation is not null)
        {
            PixelColumn.Of(validation, options.ImageColumnName, imageSize: null, AnySize).Doubtful()?.LookAtFirst(validation);
        }
    }

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
    /// <exception cref="ImageDataException">Fewer than two classes have images, or there are too many unreadable images.</exception>
    /// <exception cref="IOException">The pixels do not fit on the temporary folder's disk.</exception>
    public (PixelSet Training, PixelSet Validation) Read(IDataView training, IDataView? validation)
    {
        CheckLabels(validation?.Schema);
        var expectedImages = training.GetRowCount() + (validation is null ? 0 : validation.GetRowCount());
        _store = new PixelStore(Pixels.ImageSize, _options.PixelMemoryMegabytes * 1_000_000L, expectedImages);
        var images = Read(training, _store);
        if (images.Labels.Distinct().Count() < 2)
        {
            throw new ImageDataException("Training needs readable images of at least two classes" + WhyFewer(images.Count));
        }

        var heldOut = validation is null ? null : Read(validation, _store);
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

    private string WhyFewer(int read) =>
        _skipped is [var first, ..]
            ? $", but {_skipped.Count} of {_skipped.Count + read} images cannot be used: {first.Image}, {first.Reason}"
            : ".";

    private PixelSet Read(IDataView view, PixelStore store)
    {
        var images = PixelColumn.Of(view, _options.ImageColumnName, Pixels.ImageSize, Pixels.ImageSize);
        var pixelView = images.Extract(_ml.Transforms, PixelsName).Fit(view).Transform(view);
        var schema = pixelView.Schema;
        var (pixels, label) = (schema[PixelsName], Find(schema, _options.LabelColumnName));
        var source = ImageFileColumn.Of(view, _options.ImageColumnName);
        var path = schema.GetColumnOrNull(source?.PathColumn ?? PathName) is { Type: TextDataViewType } column ? column : (DataViewSchema.Column?)null;
        DataViewSchema.Column[] columns = path is { } p ? [pixels, label, p] : [pixels, label];
        var image = schema[_options.ImageColumnName];
        var looks = new ConcurrentBag<PixelValues>();

        var (unreadable, unlabelled) = (0, 0);
        var rows = ParallelRows.Read(pixelView, images.Doubtful() is null ? columns : [.. columns, image], Bind, _options.CancellationToken);
        foreach (var (index, row) in rows.Index().Where(r => r.Item.Skipped is not null))
        {
            var skipped = row.Skipped! with { Image = row.Skipped.Image.Length > 0 ? row.Skipped.Image : $"row {index}" };
            _skipped.Add(skipped);
            (row.IsUnlabelled ? (Action<ILogger, string, string>)EpochLog.LeftOut : EpochLog.Skipped)(_logger, skipped.Image, skipped.Reason);
        }

        looks.Aggregate(images.Doubtful(), (all, look) =>
        {
            all!.Add(look);
            return all;
        })?.Check();
        var read = rows.Where(row => row.Skipped is null).ToList();
        return new PixelSet(store, [.. read.Select(row => row.Number)], [.. read.Select(row => row.Label)]);

        Func<Row> Bind(DataViewRow row)
        {
            var look = images.Doubtful();
            if (look is not null)
            {
                looks.Add(look);
            }

            return BindReader(row, pixels, look?.Bind(row, image), label, path, source, store, SkipOne);
        }

        void SkipOne(SkippedImage image, bool isUnlabelled)
        {
            if (isUnlabelled && Interlocked.Increment(ref unlabelled) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many images without a label (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} is left out, too, {image.Reason}");
            }

            if (!isUnlabelled && Interlocked.Increment(ref unreadable) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many unreadable images (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} cannot be read either, {image.Reason}");
            }
        }
    }

    private static Func<Row> BindReader(
        DataViewRow row, DataViewSchema.Column pixels, Func<string?>? whyNoPixels, DataViewSchema.Column label, DataViewSchema.Column? path,
        ImageFileColumn? source, PixelStore store, Action<SkippedImage, bool> skip)
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
                return Skip(NamedFile(), "its label is missing or unknown.", isUnlabelled: true);
            }

            var name = NamedFile();
            var file = source is not null ? source.PathOf(name) : Path.IsPathRooted(name) ? name : null;
            if (file is not null && ImageFile.WhyTooLarge(file) is { } tooLarge)
            {
                return Skip(name, tooLarge);
            }

            try
            {
                if (whyNoPixels?.Invoke() is { } reason)
                {
                    return Skip(name, reason);
                }

                getPixels(ref buffer);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                // The stock transforms name no exception for an image they cannot read: anything may come out of the decoder.
                var why = file is not null ? ImageFile.WhyUnreadable(file) : null;
                return Skip(name, why ?? $"the steps before cannot read it{ForeignError.InBrackets(e)}.");
            }

            // Threads come in any order; the rows' order is the data's.
            return new Row(buffer.IsDense ? store.Append(buffer.GetValues()) : store.Append([.. buffer.DenseValues()]), (int)key - 1);
        };

        string NamedFile()
        {
            ReadOnlyMemory<char> file = default;
            getPath?.Invoke(ref file);
            return file.ToString();
        }

        Row Skip(string file, string reason, bool isUnlabelled = false)
        {
            var skipped = new SkippedImage(file, reason);
            skip(skipped, isUnlabelled);
            return new Row(-1, 0, skipped, isUnlabelled);
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw new ColumnMismatchException(PixelColumn.Missing(name) + ".");

    private readonly record struct Row(int Number, int Label, SkippedImage? Skipped = null, bool IsUnlabelled = false);
}
