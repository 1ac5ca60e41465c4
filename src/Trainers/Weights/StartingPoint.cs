using System.Text.Json;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Weights;

/// <summary>What a network starts from: random weights, weights in a file, or published ones by name.</summary>
/// <remarks>Weights bring their preprocessing, and may bring another form of the architecture asked for.</remarks>
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
        _saved = checkpoint is null ? null : ReadMetadata(checkpoint.About);
        Architecture = checkpoint is null ? asked : FormOf(asked, checkpoint);
        _fitted = checkpoint is null ? null : FittedWeights.Choose(checkpoint, Architecture, key);
    }

    /// <summary>The architecture, in the form that the weights belong to.</summary>
    public ImageModel Architecture { get; }

    /// <summary>Number of classes that the weights tell apart; null for random weights.</summary>
    public int? Classes => _fitted is null ? null : StateDictLoader.ClassesOf(_fitted);

    /// <summary>Class names that came with the weights, or null.</summary>
    public IReadOnlyList<string>? Labels =>
        _published?.Labels ?? (_saved is { } saved && saved.Labels.Count == Classes ? saved.Labels : null);

    /// <summary>Opens the weights that are asked for, downloading published ones.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="weights">A file, the name of published weights, or null for random ones.</param>
    /// <param name="key">Where in the file they lie; null searches.</param>
    /// <param name="logger">Told what is used.</param>
    /// <param name="progress">Told how far a download is.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="WeightsFileException">The file is damaged, or holds more than weights.</exception>
    /// <exception cref="UnknownWeightsException">There is no such file, and nothing published under this name.</exception>
    /// <exception cref="WeightsDownloadException">The published weights cannot be fetched.</exception>
    public static StartingPoint Open(
        ImageModel architecture, string? weights, string? key, ILogger logger, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (weights is null)
        {
            return new StartingPoint(architecture, checkpoint: null, key: null, published: null, logger);
        }

        if (IsFile(weights))
        {
            var recognized = PublishedWeights.Recognize(weights, PublishedWeightsCatalog.For(architecture.Name));
            return OpenFile(architecture, weights, key, recognized, logger);
        }

        var published = PublishedWeightsCatalog.Find(architecture.Name, weights);
        var path = WeightsCache.OfThisUser().Fetch(published, progress, logger, cancellationToken);
        return OpenFile(architecture, path, key, published, logger);
    }

    /// <summary>Opens a file of weights, which may be published ones.</summary>
    /// <exception cref="WeightsFileException">The file is damaged, or holds more than weights.</exception>
    internal static StartingPoint OpenFile(ImageModel architecture, string path, string? key, PublishedWeights? published, ILogger logger)
    {
        var checkpoint = WeightsFile.Open(path);
        try
        {
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

    /// <summary>How images become what the network sees: as asked for, else as the weights were trained, else as the paper did.</summary>
    /// <exception cref="OptionOutOfRangeException">The images would be resized to less than the network sees.</exception>
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

    /// <summary>Builds the network as it scores. Its last layer must be the weights'. The caller owns it.</summary>
    /// <exception cref="WeightMismatchException">The weights do not fit.</exception>
    public Block Build(int classes, int seed)
    {
        if (Classes is < 2 and var few)
        {
            throw new WeightMismatchException(
                $"The weights in '{_checkpoint!.Path}' are no classifier's: the outputs of the last layer are {few}, and at least 2 are " +
                "needed.");
        }

        if (Classes is { } known && known != classes)
        {
            throw new WeightMismatchException(
                $"The weights in '{_checkpoint!.Path}' tell {known} classes apart, not {classes}: leave the number of classes out, or " +
                "train to get a new last layer.");
        }

        return Fill(Architecture.Build(classes), seed, replaceHead: false);
    }

    /// <summary>
    /// Builds the network as it trains. Of a last layer for other classes only what it knows of these stays. The caller owns it.
    /// </summary>
    /// <exception cref="WeightMismatchException">The weights do not fit.</exception>
    public Block BuildForTraining(IReadOnlyList<string> classes, int seed, bool newHead = false) =>
        Fill(Architecture.BuildForTraining(classes.Count), seed, replaceHead: true, newHead, classes);

    /// <summary>The same of the network as it scores, to train on. The caller owns it.</summary>
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

            var left = StateDictLoader.Load(network, _fitted, replaceHead).ToHashSet();
            left.UnionWith(newHead ? [Architecture.Head] : []);
            Draw(network, seed, left, newHead || classes is null ? null : RowsFor(classes));
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Null where nobody says what the rows are, or they are these classes' already.</summary>
    private HeadRows? RowsFor(IReadOnlyList<string> classes) =>
        _saved is null || Labels is not { } known || known.SequenceEqual(classes) ? null : new HeadRows(known, classes);

    private void Draw(Block network, int seed, HashSet<string> left, HeadRows? rows)
    {
        left.UnionWith(rows is null ? [] : [Architecture.Head]);
        var drawn = left.Where(layer => layer != Architecture.Head || rows?.AreAllKept != true).ToList();
        if (drawn.Count > 0)
        {
            WeightsLog.Drawn(_logger, string.Join(", ", drawn));
        }

        Initialization.HeNormal(network, seed, left.Contains);
        rows?.Keep(network, _fitted!, _logger);
    }

    /// <summary>As asked for, else as the weights were trained, else ImageNet's; and says whose it is.</summary>
    private Normalization Normalize(IReadOnlyList<float>? mean, IReadOnlyList<float>? standardDeviation)
    {
        var own = _published is { } published ? new Normalization(published.Mean, published.StandardDeviation)
            : _saved is { } saved ? new Normalization(saved.Mean, saved.StandardDeviation)
            : null;
        var used = own ?? Normalization.ImageNet;
        used = new Normalization(mean ?? used.Mean, standardDeviation ?? used.StandardDeviation);
        var whose = (mean ?? standardDeviation) is not null
            ? own is null || own.IsSame(used) ? "as asked for" : $"as asked for, where the weights say {own}"
            : own is not null ? "as the weights were trained"
            : _fitted is null ? "ImageNet's"
            : "ImageNet's, since the weights say none; Mean and StandardDeviation (--mean, --std) say others";
        WeightsLog.Normalized(_logger, Normalization.InWords(used.Mean), Normalization.InWords(used.StandardDeviation), whose);
        return used;
    }

    /// <summary>
    /// A file if there is one of that name, or if the name looks like one; a folder 'imagenet' hides no published weights.
    /// </summary>
    private static bool IsFile(string weights) =>
        File.Exists(weights) || weights.AsSpan().IndexOfAny('/', '\\', '.') >= 0;

    /// <summary>What our own weight files say; others say nothing, and what cannot be is nothing said.</summary>
    private static ClassifierMetadata? ReadMetadata(IReadOnlyDictionary<string, string> about)
    {
        try
        {
            var saved = ClassifierMetadata.FromProperties(about);
            return saved.CropSize <= saved.ImageSize && saved.Mean.All(float.IsFinite)
                && saved.StandardDeviation.All(s => s > 0 && float.IsFinite(s))
                ? saved
                : null;
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Of the two forms of an SE-ResNet, which share names and shapes, the one that the weights were trained in: as our own file says,
    /// else as the names tell, Caffe's or timm's.
    /// </summary>
    private ImageModel FormOf(ImageModel asked, WeightsFile checkpoint)
    {
        if (asked.OtherForm is not { } other || _published is not null)
        {
            return asked;
        }

        var isTimm = _saved is { } saved && (saved.Architecture == asked.Name || saved.Architecture == other)
            ? saved.Architecture.EndsWith(ImageModels.TimmSuffix, StringComparison.Ordinal)
            : !WeightNames.AreOfCaffeForm(checkpoint.Tensors.Keys);
        return asked.Name.EndsWith(ImageModels.TimmSuffix, StringComparison.Ordinal) == isTimm ? asked : ImageModels.Get(other);
    }
}
