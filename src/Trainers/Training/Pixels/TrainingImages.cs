using System.Collections.Concurrent;
using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Threads;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>Reads a data view's images once, into the same pixels that scoring will use, and keeps them.</summary>
/// <remarks>
/// Images that <c>LoadImages</c> would load are read from their files instead: the pixels are the same bit for bit, without a decoded image
/// in between. If an image's file is known, a truncated image is skipped and a rotated one is turned. The file is found through the
/// <c>LoadImages</c> step behind the column, or through the image's tag. An image that claims too many pixels is not decoded if that step,
/// or a column <c>ImagePath</c> of full paths, names its file. Images in memory cannot be checked first.
/// </remarks>
internal sealed class TrainingImages : IDisposable
{
    private const string PixelsName = "mlvision.TrainingPixels";
    private const string PathName = "ImagePath";
    private const int AnySize = 8;
    private const int MostNamed = 10;

    private readonly MLEnvironment _ml;
    private readonly ImageTrainingOptions _options;
    private readonly ILogger _logger;
    private readonly List<SkippedImage> _skipped = [];
    private readonly ClassLabels _given;
    private readonly IReadOnlyList<string> _known;
    private readonly int[] _places;     // of the given classes among all
    private PixelStore? _store;

    /// <summary>Checks the columns; nothing is read yet.</summary>
    /// <param name="ml">Where the images are read.</param>
    /// <param name="view">The images to learn from.</param>
    /// <param name="options">The columns, and what may be skipped.</param>
    /// <param name="preprocessing">How the images are prepared.</param>
    /// <param name="logger">Receives lines about what is read.</param>
    /// <param name="known">Classes that stand before those of the images, which they need not have; null for none.</param>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    /// <exception cref="ImageDataException">There are fewer than two classes, or none but the known ones.</exception>
    public TrainingImages(
        MLEnvironment ml, IDataView view, ImageTrainingOptions options, ImagePreprocessing preprocessing, ILogger logger,
        IReadOnlyList<string>? known = null)
    {
        (_ml, _options, _logger, _known) = (ml, options, logger, known ?? []);
        _given = ClassLabels.FromKeyColumn(Find(view.Schema, options.LabelColumnName));
        Labels = known is null ? _given : _given.After(known);
        _places = known is null ? [.. Enumerable.Range(0, _given.Count)] : PlacesOf(_given, Labels);
        RequireClasses();

        var isSizeAsked = options.ImageSize is not null || options.ResizeSize is not null;
        Pixels = PixelColumn.Of(
            view, options.ImageColumnName, isSizeAsked ? preprocessing.ResizeSize : null, defaultImageSize: preprocessing.ResizeSize);
        // Pixels that have their own size are used whole.
        Preprocessing = Pixels.ImageSize == preprocessing.ResizeSize
            ? preprocessing
            : preprocessing with { ResizeSize = Pixels.ImageSize, ImageSize = Pixels.ImageSize };
    }

    /// <summary>Checks the columns as far as possible without knowing the size of images.</summary>
    /// <remarks>If a column may hold values other than pixels of 0 to 255, its first images are checked.</remarks>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    /// <exception cref="ImageDataException">There are fewer than two classes.</exception>
    public static void CheckColumns(MLEnvironment ml, IDataView view, IDataView? validation, ImageTrainingOptions options)
    {
        var anySize = options with { ImageSize = null, ResizeSize = null };
        using var images = new TrainingImages(
            ml, view, anySize, new ImagePreprocessing(AnySize, AnySize, Normalization.ImageNet), NullLogger.Instance);
        images.Pixels.Doubtful()?.LookAtFirst(view);
        images.CheckLabels(validation?.Schema);
        if (validation is not null)
        {
            PixelColumn.Of(validation, options.ImageColumnName, imageSize: null, AnySize).Doubtful()?.LookAtFirst(validation);
        }
    }

    /// <summary>The classes: the known ones, then those of the images in key order.</summary>
    public ClassLabels Labels { get; }

    /// <summary>The image column.</summary>
    public PixelColumn Pixels { get; }

    /// <summary>How the images are prepared for the network.</summary>
    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Images that could not be read, in the order of the data.</summary>
    public IReadOnlyList<SkippedImage> Skipped => _skipped;

    /// <summary>Number of images that are stored rotated and were turned upright.</summary>
    public int TurnedImages { get; private set; }

    /// <summary>The rows of the training data, from 0, that were held out; none where validation images are given.</summary>
    public IReadOnlyList<int> HeldOutRows { get; private set; } = [];

    /// <summary>Reads the images for training and those for validation: the given ones, or a share held out.</summary>
    /// <remarks>Call it once; the sets can be read until this is disposed.</remarks>
    /// <exception cref="ImageDataException">
    /// Fewer than two classes have images; too many images, or all of a class, are unreadable; or no validation image is usable.
    /// </exception>
    /// <exception cref="IOException">The pixels do not fit on the temporary folder's disk.</exception>
    public (PixelSet Training, PixelSet Validation) Read(IDataView training, IDataView? validation)
    {
        CheckLabels(validation?.Schema);
        if (Pixels.Files is { } files)
        {
            PixelLog.Encoded(_logger, _options.ImageColumnName, files.PathColumn);
        }

        var expectedImages = training.GetRowCount() + (validation is null ? 0 : validation.GetRowCount());
        _store = new PixelStore(Pixels.ImageSize, _options.PixelMemoryMegabytes * 1_000_000L, expectedImages);
        var (images, rows) = Read(training, _store);
        if (_known.Count > 0 ? images.Labels.All(label => label < _known.Count) : images.Labels.Distinct().Count() < 2)
        {
            throw new ImageDataException(
                $"{(_known.Count > 0 ? "Adding classes needs readable images of a new class"
                    : "Training needs readable images of at least two classes")}{WhyFewer(images.Count)}");
        }

        WarnOfClassesWithout(images);
        var skippedInTraining = _skipped.Count;
        var heldOut = validation is null ? null : Read(validation, _store).Images;
        if (heldOut is { Count: 0 })
        {
            throw new ImageDataException(_skipped.Count > skippedInTraining && _skipped[skippedInTraining] is var first
                ? $"Not one of the {_skipped.Count - skippedInTraining} validation images can be used: {first.Image}, {first.Reason}"
                : "The validation data holds no images.");
        }

        _store.Seal();
        PixelLog.Stored(_logger, _store);
        PixelLog.Turned(_logger, TurnedImages);
        if (heldOut is not null)
        {
            return (images, heldOut);
        }

        var split = images.Split(_options.ValidationFraction, new Random(_options.Seed));
        var held = split.HeldOut.Numbers.ToHashSet();
        HeldOutRows = [.. images.Numbers.Zip(rows).Where(image => held.Contains(image.First)).Select(image => image.Second)];
        return split;
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => _store?.Dispose();

    private static int[] PlacesOf(ClassLabels given, ClassLabels all)
    {
        var places = new LabelIndex(all.Names);
        return [.. given.Names.Select(name => places.Find(name)!.Value)];
    }

    /// <summary>Where classes are added to known ones, one is enough; which those are is not known at the first check.</summary>
    private void RequireClasses()
    {
        if (_known.Count > 0 && Labels.Count == _known.Count)
        {
            throw new ImageDataException(
                $"There is no class to add: the model knows {List(_given.Names)} already. To go on with what it knows, train without " +
                "AddClasses.");
        }

        if (!_options.AddClasses && Labels.Count < 2)
        {
            throw new ImageDataException(
                $"Training needs at least two classes, but there is only '{Labels.Names[0]}': add images of what it is to be told from.");
        }
    }

    private void CheckLabels(DataViewSchema? validation)
    {
        if (validation is not null
            && !ClassLabels.FromKeyColumn(
                Find(validation, _options.LabelColumnName)).Names.SequenceEqual(_given.Names, StringComparer.Ordinal))
        {
            throw new ColumnMismatchException(
                $"The keys in label column '{_options.LabelColumnName}' stand for other labels in the validation data; map both with " +
                "the transformer that MapValueToKey gave for the training data.");
        }
    }

    private string WhyFewer(int read) =>
        _skipped is [var first, ..]
            ? $", but {_skipped.Count} of {Counted.Of(_skipped.Count + read, "image")} cannot be used: {first.Image}, {first.Reason}"
            : ".";

    /// <summary>Reads a view's images.</summary>
    /// <returns>Those that can be used, and their rows.</returns>
    private (PixelSet Images, int[] Rows) Read(IDataView view, PixelStore store)
    {
        var reader = new ImageReader(Pixels.ImageSize, PixelMode.Exact, ignoreOrientation: _options.IgnoreOrientation);
        var images = PixelColumn.Of(view, _options.ImageColumnName, Pixels.ImageSize, Pixels.ImageSize);
        var (pixelView, content, path, source) = Source(view, images);
        var label = Find(pixelView.Schema, _options.LabelColumnName);
        var given = pixelView.Schema[_options.ImageColumnName];
        var isDoubtful = images.Doubtful() is not null;
        var looks = new ConcurrentBag<PixelValues>();
        DataViewSchema.Column?[] columns = [content, label, path, isDoubtful ? given : null];

        var (unreadable, unlabelled) = (0, 0);
        var rows = ParallelRows.Read(
            pixelView, columns.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index), Bind, _options.CancellationToken);
        TurnedImages += reader.TurnedImages;
        foreach (var (index, row) in rows.Index().Where(r => r.Item.Skipped is not null))
        {
            var skipped = row.Skipped! with { Image = row.Skipped.Image.Length > 0 ? row.Skipped.Image : $"row {index}" };
            _skipped.Add(skipped);
            (row.IsUnlabelled ? (Action<ILogger, string, string>)TrainingLog.LeftOut : TrainingLog.Skipped)(
                _logger, skipped.Image, skipped.Reason);
        }

        looks.Aggregate(images.Doubtful(), (all, look) =>
        {
            all!.Add(look);
            return all;
        })?.Check();
        var read = rows.Where(row => row.Skipped is null).ToList();
        ThrowIfClassIsLost(rows);
        return (
            new PixelSet(store, [.. read.Select(row => row.Number)], [.. read.Select(row => row.Label)]),
            [.. rows.Index().Where(row => row.Item.Skipped is null).Select(row => row.Index)]);

        Func<Row> Bind(DataViewRow row)
        {
            var look = images.Doubtful();
            if (look is not null)
            {
                looks.Add(look);
            }

            var rowPixels = new RowPixels(row, content, path, source, reader, look?.Bind(row, given));
            return BindReader(row.GetGetter<uint>(label), _places, rowPixels, store, SkipOne);
        }

        void SkipOne(SkippedImage image, bool isUnlabelled)
        {
            if (isUnlabelled && Interlocked.Increment(ref unlabelled) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many images without a label (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} is left out, " +
                    $"too, {image.Reason}");
            }

            if (!isUnlabelled && Interlocked.Increment(ref unreadable) > _options.MaxSkippedImages)
            {
                throw new ImageDataException(
                    $"Too many unreadable images (MaxSkippedImages is {_options.MaxSkippedImages}): {image.Image} cannot be read " +
                    $"either, {image.Reason}");
            }
        }
    }

    /// <summary>Where pixels come from: files, images, or a pixel vector that the stock transforms convert.</summary>
    private (IDataView View, DataViewSchema.Column Content, DataViewSchema.Column? Path, ImageFileColumn? Source) Source(
        IDataView view, PixelColumn images)
    {
        var pixelView = images.IsImages ? view : images.Extract(_ml.Transforms, PixelsName).Fit(view).Transform(view);
        var schema = pixelView.Schema;
        var source = ImageFileColumn.Of(view, _options.ImageColumnName);
        var path = RowPixels.PathColumn(schema, source);
        source = path is null ? null : source;
        var content = source is { IsLoaded: true } ? path!.Value : schema[images.IsImages ? _options.ImageColumnName : PixelsName];
        path ??= schema.GetColumnOrNull(PathName) is { Type: TextDataViewType } named ? named : null;
        return (pixelView, content, path, source);
    }

    /// <summary>If no row can be read at all, the error says so.</summary>
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

    /// <summary>
    /// A key mapping fitted on more data has classes without rows here. That is no error, but the model cannot learn them.
    /// </summary>
    private void WarnOfClassesWithout(PixelSet images)
    {
        var absent = _places.Where(label => label >= _known.Count && !images.Labels.Contains(label)).Select(label => Labels.Names[label])
            .ToList();
        if (absent.Count > 0)
        {
            TrainingLog.ClassesWithoutImages(_logger, List(absent));
        }
    }

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? ", …" : "");

    private static Func<Row> BindReader(
        ValueGetter<uint> getKey, int[] places, RowPixels pixels, PixelStore store, Action<SkippedImage, bool> skip)
    {
        var buffer = new byte[store.ImageLength];
        uint key = 0;
        return () =>
        {
            getKey(ref key);
            if (key == 0)
            {
                return Skip(pixels.ReadName(), "its label is missing or unknown.");
            }

            // Threads finish in any order; the rows' order is that of the data.
            return pixels.Read(buffer) is { } reason ? Skip(pixels.Name, reason) : new Row(store.Append(buffer), places[key - 1]);
        };

        Row Skip(string file, string reason)
        {
            var skipped = new SkippedImage(file, reason);
            skip(skipped, key == 0);
            return new Row(-1, key == 0 ? -1 : places[key - 1], skipped);
        }
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) ?? throw new ColumnMismatchException(PixelColumn.Missing(name, schema));

    /// <param name="Number">The image's number in the store; -1 for a skipped one.</param>
    /// <param name="Label">Its class, from 0; -1 if it is missing or unknown.</param>
    /// <param name="Skipped">Why it was skipped, or null.</param>
    private readonly record struct Row(int Number, int Label, SkippedImage? Skipped = null)
    {
        public bool IsUnlabelled => Label < 0;
    }
}
