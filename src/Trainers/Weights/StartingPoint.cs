using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Onnx;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Weights;

/// <summary>What a network starts from: random weights, weights in a file, an own model, or published weights by name.</summary>
/// <remarks>Weights determine the preprocessing, and may need another form of the requested architecture.</remarks>
internal sealed class StartingPoint : IDisposable
{
    private readonly WeightsFile? _checkpoint;
    private readonly FittedWeights? _fitted;
    private readonly PublishedWeights? _published;
    private readonly ClassifierMetadata? _saved;
    private readonly ILogger _logger;

    private StartingPoint(ImageModel asked, WeightsFile? checkpoint, string? key, PublishedWeights? published, ILogger logger)
    {
        (_checkpoint, _published, _logger) = (checkpoint, published, logger);
        _saved = checkpoint is null ? null : OwnMetadata.Read(checkpoint, asked);
        Architecture = checkpoint is null ? asked : FormOf(asked, checkpoint);
        _fitted = checkpoint is null ? null : FittedWeights.Choose(checkpoint, Architecture, key);
    }

    /// <summary>The architecture, in the form that fits the weights.</summary>
    public ImageModel Architecture { get; }

    /// <summary>Number of classes of the weights; null for random weights, and for those without a classifier.</summary>
    public int? Classes => _fitted is null ? null : StateDictLoader.ClassesOf(_fitted);

    /// <summary>Class names that came with the weights, or null.</summary>
    public IReadOnlyList<string>? Labels =>
        _published is { HasClassifier: true } ? _published.Labels
        : SavedLabels;

    /// <summary>The file, where it is one of our models and not weights alone; otherwise null.</summary>
    public string? OwnModel => _checkpoint is { IsModel: true } && _saved is not null ? _checkpoint.Path : null;

    /// <summary>Class names that our own file says its last layer has; null for other files.</summary>
    public IReadOnlyList<string>? SavedLabels => _saved is { } saved && saved.Labels.Count == Classes ? saved.Labels : null;

    /// <summary>Whether this is one of our models, with these classes and images prepared so: what it says of itself then holds.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="preprocessing">How images are prepared.</param>
    public bool IsOwnModelOf(IReadOnlyList<string> labels, ImagePreprocessing preprocessing) =>
        OwnModel is not null && _saved is { } saved && SavedLabels?.SequenceEqual(labels) == true
        && (saved.ImageSize, saved.CropSize) == (preprocessing.ResizeSize, preprocessing.ImageSize)
        && preprocessing.Normalization.IsSame(new Normalization(saved.Mean, saved.StandardDeviation));

    /// <summary>
    /// The temperature of an own model that is exported again as it is; 1 for all else. Training never takes it over: other weights have
    /// another.
    /// </summary>
    /// <inheritdoc cref="IsOwnModelOf" path="/param"/>
    public double TemperatureFor(IReadOnlyList<string> labels, ImagePreprocessing preprocessing) =>
        IsOwnModelOf(labels, preprocessing) ? _saved!.Temperature : 1;

    /// <summary>Opens the requested weights; downloads published ones.</summary>
    /// <param name="architecture">The architecture; null for that of the weights, which must then be given.</param>
    /// <param name="weights">A file, the name of published weights, or null for random ones.</param>
    /// <param name="key">Where they are in the file; null searches.</param>
    /// <param name="logger">Receives lines about what is used.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="WeightsFileException">The file is damaged, or contains more than weights.</exception>
    /// <exception cref="WeightMismatchException">The file is a model of another architecture, or does not say of which.</exception>
    /// <exception cref="UnknownWeightsException">
    /// There is no such file, and nothing published under this name, or for more than one architecture.
    /// </exception>
    /// <exception cref="WeightsDownloadException">The published weights cannot be fetched.</exception>
    public static StartingPoint Open(
        ImageModel? architecture, string? weights, string? key, ILogger logger, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (weights is null)
        {
            return new StartingPoint(architecture!, checkpoint: null, key: null, published: null, logger);
        }

        if (IsFile(weights))
        {
            var recognized = PublishedWeights.Recognize(
                weights, architecture is null ? PublishedWeightsCatalog.All : PublishedWeightsCatalog.For(architecture.Name));
            return OpenFile(architecture, weights, key, recognized, logger);
        }

        var published = architecture is null
            ? PublishedWeightsCatalog.FindForAny(weights) : PublishedWeightsCatalog.Find(architecture.Name, weights);
        var path = published.Package is null
            ? WeightsCache.OfThisUser().Fetch(published, progress, logger, cancellationToken)
            : PackagedWeights.OfThisApplication().Find(published);
        return OpenFile(architecture, path, key, published, logger);
    }

    /// <summary>Opens a file of weights, which may be a copy of published ones.</summary>
    /// <exception cref="WeightsFileException">The file is damaged, or contains more than weights.</exception>
    /// <exception cref="WeightMismatchException">The file is a model of another architecture, or does not say of which.</exception>
    internal static StartingPoint OpenFile(ImageModel? asked, string path, string? key, PublishedWeights? published, ILogger logger)
    {
        var checkpoint = WeightsFile.Open(path, published?.Package is null ? null : FeaturizerReader.Read);
        try
        {
            var architecture = asked ?? (published is null
                ? OwnMetadata.ArchitectureOf(checkpoint) : ImageModels.Get(published.Architecture));
            var start = new StartingPoint(architecture, checkpoint, key, published, logger);
            start._fitted!.Log(logger);
            if (published is not null)
            {
                WeightsLog.Published(logger, published.Name, published.ResizeSize, published.CropSize);
            }

            if (start.Architecture != architecture)
            {
                WeightsLog.OtherForm(logger, architecture.Name, start.Architecture.Name);
            }

            return start;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>How images are prepared: as the options say, else as the weights were trained, else as in the paper.</summary>
    /// <exception cref="OptionOutOfRangeException">The images would be resized to less than the network's input.</exception>
    public ImagePreprocessing Preprocess(
        int? imageSize, int? resizeSize, IReadOnlyList<float>? mean = null, IReadOnlyList<float>? standardDeviation = null)
    {
        var (trainedResize, trainedCrop) = _published is { } published ? (published.ResizeSize, published.CropSize)
            : _saved is { } saved ? (saved.ImageSize, saved.CropSize)
            : (Architecture.ImageSize, Architecture.ImageSize);
        var seen = imageSize ?? trainedCrop;
        var resized = resizeSize ?? (seen == trainedCrop ? trainedResize : seen);
        if (resized < seen)
        {
            throw new OptionOutOfRangeException(
                nameof(ImageTrainingOptions.ResizeSize), resized,
                $"ResizeSize is {resized}, but the network sees the central {seen} pixels: it must be at least as large.");
        }

        return new ImagePreprocessing(resized, seen, Normalize(mean, standardDeviation));
    }

    /// <summary>Builds the network for scoring. Its last layer must be that of the weights. The caller owns it.</summary>
    /// <exception cref="WeightMismatchException">The weights do not fit.</exception>
    public Block Build(int classes, int seed)
    {
        if (_checkpoint is { HasClassifier: false })
        {
            throw new WeightMismatchException(
                $"The weights in '{_checkpoint.Path}' end with features and have no classifier: train on images of your classes, and the " +
                "training writes the ONNX file.");
        }

        if (Classes is < 2 and var few)
        {
            throw new WeightMismatchException(
                $"The weights in '{_checkpoint!.Path}' are not a classifier's: the last layer has {Counted.Of(few, "output")}, " +
                "and at least 2 are needed.");
        }

        if (Classes is { } known && known != classes)
        {
            throw new WeightMismatchException(
                $"The weights in '{_checkpoint!.Path}' are for {known} classes, not {classes}: leave the number of classes out, or " +
                "train to get a new last layer.");
        }

        return Fill(Architecture.Build(classes), seed, replaceHead: false);
    }

    /// <summary>
    /// Builds the network for training. If its classes differ from those of the weights, the last layer keeps only the rows of classes that
    /// both have. The caller owns it.
    /// </summary>
    /// <exception cref="WeightMismatchException">The weights do not fit.</exception>
    public Block BuildForTraining(IReadOnlyList<string> classes, int seed, bool newHead = false) =>
        Fill(Architecture.BuildForTraining(classes.Count), seed, replaceHead: true, newHead, classes);

    /// <summary>Builds the scoring form of the network for training. The caller owns it.</summary>
    /// <exception cref="WeightMismatchException">The weights do not fit.</exception>
    public Block BuildForFineTuning(IReadOnlyList<string> classes, int seed, bool newHead = false) =>
        Fill(Architecture.Build(classes.Count), seed, replaceHead: true, newHead, classes);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _checkpoint?.Dispose();

    private Block Fill(Block network, int seed, bool replaceHead, bool newHead = false, IReadOnlyList<string>? classes = null)
    {
        try
        {
            if (_fitted is null)
            {
                Initialization.HeNormal(network, seed, _ => true);
                return network;
            }

            var rows = newHead || classes is null ? null : RowsFor(classes);
            var left = StateDictLoader.Load(network, _fitted, replaceHead).ToHashSet();
            left.UnionWith(newHead ? [Architecture.Head] : []);
            Draw(network, seed, left, rows);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Null if the classes of the rows are not known, or are already the network's classes.</summary>
    /// <exception cref="WeightMismatchException">The model to go on from has no class in common with the network.</exception>
    private HeadRows? RowsFor(IReadOnlyList<string> classes)
    {
        if (_saved is null || Labels is not { } known)
        {
            return null;
        }

        var rows = new HeadRows(known, classes);
        if (_checkpoint!.IsModel)
        {
            rows.RequireCommonClass(_checkpoint.Path);
        }

        if (rows.AreSame)
        {
            rows.LogSame(_logger);
            return null;
        }

        return rows;
    }

    private void Draw(Block network, int seed, HashSet<string> left, HeadRows? rows)
    {
        left.UnionWith(rows is null ? [] : [Architecture.Head]);
        var drawn = left.Where(layer => layer != Architecture.Head || rows?.AreAllKept != true).ToList();
        if (drawn.Count > 0)
        {
            WeightsLog.BegunAnew(_logger, string.Join(", ", drawn));
        }

        Initialization.HeNormal(network, seed, left.Contains);
        Initialization.Zero(network, layer => layer == Architecture.Head && left.Contains(layer));
        rows?.Keep(network, _fitted!, _logger);
    }

    /// <summary>As the options say, else as the weights were trained, else ImageNet's; also logs which of these it is.</summary>
    private Normalization Normalize(IReadOnlyList<float>? mean, IReadOnlyList<float>? standardDeviation)
    {
        var own = _published is { } published ? new Normalization(published.Mean, published.StandardDeviation)
            : _saved is { } saved ? new Normalization(saved.Mean, saved.StandardDeviation)
            : null;
        var used = own ?? Normalization.ImageNet;
        used = new Normalization(mean ?? used.Mean, standardDeviation ?? used.StandardDeviation);
        var whose = (mean ?? standardDeviation) is not null
            ? own is null || own.IsSame(used) ? "as given" : $"as given, although the weights were trained with {own}"
            : own is not null ? "as the weights were trained"
            : _fitted is null ? "ImageNet's"
            : "ImageNet's, because the weights name none; set others by Mean and StandardDeviation (--mean, --std)";
        WeightsLog.Normalized(_logger, Normalization.InWords(used.Mean), Normalization.InWords(used.StandardDeviation), whose);
        return used;
    }

    /// <summary>
    /// Whether the name means a file: there is one, or the name looks like one. A folder 'imagenet' does not hide published weights.
    /// </summary>
    private static bool IsFile(string weights) =>
        File.Exists(weights) || weights.AsSpan().IndexOfAny('/', '\\', '.') >= 0;

    /// <summary>
    /// Of two forms that share names and shapes, returns the one in which the weights were trained: as our own file says, else as the
    /// tensor names show.
    /// </summary>
    private ImageModel FormOf(ImageModel asked, WeightsFile checkpoint)
    {
        if (asked.OtherForm is not { } other || _published is not null)
        {
            return asked;
        }

        var isAsked = _saved is { } saved && (saved.Architecture == asked.Name || saved.Architecture == other)
            ? saved.Architecture == asked.Name
            : asked.IsOfThisForm(checkpoint.Tensors.Keys);
        return isAsked ? asked : ImageModels.Get(other);
    }
}
