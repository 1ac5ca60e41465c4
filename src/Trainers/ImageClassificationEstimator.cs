using System.Globalization;
using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Compute;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;
using TorchSharp;

namespace MLVision.Trainers;

/// <summary>Trains an image classifier on TorchSharp and returns a chain of stock ML.NET transformers around its ONNX graph.</summary>
/// <remarks>
/// Input: a key column of labels and a column of images, pixels, or bytes of <c>LoadRawImageBytes</c>. Output: <c>Score</c>, a float vector
/// of probabilities in key order with slot names, and <c>PredictedLabel</c>, a key with the label's values; the options may name both
/// otherwise.
/// </remarks>
public sealed class ImageClassificationEstimator : IEstimator<ImageClassificationTransformer>
{
    private readonly MLEnvironment _ml;
    private readonly ImageModel? _architecture;     // null: that of the weights
    private readonly bool _isStartChosen;
    private readonly ImageTrainingOptions _options;
    private readonly ILogger _logger;

    /// <param name="ml">The environment.</param>
    /// <param name="architecture">
    /// A name in the table; null for that of the options, else of the weights, else the default's with its weights.
    /// </param>
    /// <param name="options">Columns and how to train.</param>
    internal ImageClassificationEstimator(MLEnvironment ml, string? architecture, ImageTrainingOptions options)
    {
        var named = architecture ?? options.Architecture;
        _isStartChosen = named is null || options.Weights is not null;
        _options = options with { Weights = WeightsOf(named, options) };
        _options.Validate();
        _ml = ml;
        named ??= _options.Weights is null ? PublishedWeightsCatalog.Default.Architecture : null;
        _architecture = named is null ? null : ImageModels.Get(named);
        if (options.Architecture is { } decided && decided != _architecture!.Name)
        {
            throw new ArgumentException(
                $"{options.GetType().Name} are options of {decided}, but the architecture asked for is {_architecture.Name}. Leave the " +
                $"name to the options by Trainers.{options.GetType().Name.Replace("Options", "", StringComparison.Ordinal)}(options), " +
                $"or give {nameof(ImageTrainingOptions)}, which any architecture takes.",
                nameof(options));
        }

        _logger = new ContextLogger(ml, "ImageClassifier", options.Logger);
    }

    /// <summary>Trains on the given images.</summary>
    /// <exception cref="OptionOutOfRangeException">
    /// <see cref="ImageTrainingOptions.EarlyStoppingEpochs"/> are given, but no images are held out or given to check on.
    /// </exception>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    /// <exception cref="ImageDataException">
    /// There are fewer than two classes, or none to add; too many images, or all of a class, are unreadable; not one validation image can
    /// be used, or there are too few images to hold one out for <see cref="ImageTrainingOptions.EarlyStoppingEpochs"/>.
    /// </exception>
    /// <exception cref="WeightsFileException">The file of weights to start from is damaged, or contains more than weights.</exception>
    /// <exception cref="WeightMismatchException">The weights to start from belong to another architecture.</exception>
    /// <exception cref="WeightsDownloadException">Published weights cannot be fetched.</exception>
    /// <exception cref="DeviceUnavailableException">The device asked for is not there.</exception>
    /// <exception cref="TorchRuntimeException">libtorch cannot be loaded.</exception>
    /// <exception cref="ImageClassificationException">
    /// The checkpoint to go on from is of another training; or the device lacks memory or has a fault.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became NaN or infinite.</exception>
    /// <exception cref="IOException">The pixels do not fit on the temporary folder's disk.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public ImageClassificationTransformer Fit(IDataView input) => Fit(input, validation: null);

    /// <summary>Trains on the given images and validates on others after every epoch, instead of holding some out.</summary>
    /// <param name="input">The images to learn from.</param>
    /// <param name="validation">Images with the same columns and the same label values, or null.</param>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public ImageClassificationTransformer Fit(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        _options.ValidateEarlyStopping(validation is not null);
        return InWords(work => Prepare(work, input, validation, training =>
        {
            RequireChecksToStopBy(_options, training.HeldOut);
            RequireKnownImages(training.HeldOut);
            var (phases, reader, architecture) = (training.Phases, training.Images, training.Architecture);
            var result = phases.Run();
            _options.CancellationToken.ThrowIfCancellationRequested();
            var metadata = reader.Preprocessing.Describe(architecture.Name, reader.Labels.Names) with
            {
                Training = TrainingReport.Summarize(result.Returned),
            };
            var calibration = phases.Calibrate();
            var familiarity = _options.Outputs.HasFlag(ModelOutputs.Familiarity) ? phases.Familiarize() : null;
            var memory = new ClassMemory(phases.Remember(), metadata, BackboneDigest.Of(training.Network, architecture));
            return ImageClassificationTransformer.Wrap(
                _ml, input, reader, training.Network,
                metadata with { Temperature = calibration?.Temperature ?? 1, FamiliarityImages = familiarity?.Images ?? 0 },
                result.History, training.Facts(result.Returned), calibration, familiarity, memory, _options);
        }));
    }

    /// <summary>Searches for a learning rate: trains for a few dozen steps, each at a higher rate, and records the loss.</summary>
    /// <remarks>
    /// The steps are those of <see cref="Fit(IDataView)"/>, on the same batches' recipe; what they train is thrown away, and no checkpoint
    /// is written or read. With <see cref="FineTuning.TwoPhase"/> the head is trained first, as in <c>Fit</c>, and the rate is that of the
    /// second phase.
    /// </remarks>
    /// <param name="input">The images to learn from, as for <see cref="Fit(IDataView)"/>.</param>
    /// <param name="options">Which rates are tried; null for the defaults.</param>
    /// <exception cref="OptionOutOfRangeException">A number is out of range.</exception>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    /// <example>
    /// <code>
    /// var sweep = mlContext.Transforms.ImageClassifier("resnet18").FindLearningRate(images);
    /// Console.WriteLine(sweep.Suggestion);
    /// </code>
    /// </example>
    public LearningRateSweep FindLearningRate(IDataView input, LearningRateSweepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var sweep = new RateSweep(options ?? new LearningRateSweepOptions(), _options.Progress);
        return InWords(work => Prepare(work, input, validation: null, training => training.Phases.Sweep(sweep)));
    }

    /// <summary>Null for random weights: asked for by their word, or of an architecture that was named without any.</summary>
    private static string? WeightsOf(string? architecture, ImageTrainingOptions options) =>
        PublishedWeightsCatalog.AreNone(options.Weights) ? null
            : options.Weights ?? (architecture is null && !options.AddClasses ? PublishedWeightsCatalog.Default.Name : null);

    private static T InWords<T>(Func<TorchWork, T> train)
    {
        var work = new TorchWork();
        return TorchFault.InWords(work, () => train(work));
    }

    private T Prepare<T>(TorchWork work, IDataView input, IDataView? validation, Func<PreparedTraining, T> use)
    {
        var device = TrainingDevice.Choose(_options.Device);
        work.Device = device.ToString();
        TrainingImages.CheckColumns(_ml, input, validation, _options);   // before anything is downloaded
        using var start = StartingPoint.Open(
            _architecture, _options.Weights, _options.WeightsKey, _logger, _options.DownloadProgress, _options.CancellationToken);
        var known = KnownClasses.Open(_options, start);
        var preprocessing = start.Preprocess(_options.ImageSize, _options.ResizeSize, _options.Mean, _options.StandardDeviation);
        using var reader = new TrainingImages(_ml, input, _options, preprocessing, _logger, known?.Labels);
        start.Architecture.RequireImageSize(reader.Preprocessing.ImageSize);
        start.Architecture.Require(_options.Outputs);
        using var network = BuildNetwork(start, reader.Labels.Names);
        known?.RequireFit(network, start, reader.Preprocessing, _logger);
        network.to(device);
        var (training, heldOut) = reader.Read(input, validation);
        TrainingLog.Started(
            _logger, start.Architecture.Name, device.ToString(), Counted.Of(training.Count, "image"), heldOut.Count, reader.Labels.Count,
            reader.Preprocessing.ImageSize);
        var learnt = validation is null ? training.Labels.Concat(heldOut.Labels) : training.Labels;
        SmallClasses.WarnOf(
            _logger, reader.Labels.Names, [.. learnt.Where(label => label >= (known?.Labels.Count ?? 0))]);   // others are remembered
        TellOfRandomWeights(start.Architecture, training.Count);
        using var compute = ComputeSettings.Begin(_options, device, _logger);
        var recipe = new TrainingRecipe(_options, start.Architecture, FineTuning, reader.Preprocessing.ImageSize, training.Count);
        RecipeLog.Chosen(_logger, recipe);
        BatchSource Batches(PixelSet pixels) =>
            new(pixels, recipe.BatchSize, reader.Preprocessing, device, _options.ChannelsLast)
            {
                Balance = recipe.ClassBalance,
                Augmentation = recipe.Augmentation,
            };
        var (trainingBatches, validationBatches) = (Batches(training), Batches(heldOut));
        var checkpoint = Checkpoint(start.Architecture, recipe, reader, trainingBatches, validationBatches, known);
        work.BatchSize = recipe.BatchSize;
        work.Checkpoint = () => checkpoint is { HoldsAnEpoch: true } ? checkpoint.Path : null;
        var phases = new TrainingPhases(
            network, start.Architecture, trainingBatches, validationBatches, compute.Graph, recipe, _options, checkpoint, _logger,
            known);
        TrainingFacts Facts(EpochSummary returned) => new()
        {
            Returned = returned,
            Device = device.ToString(),
            Images = training.Count,
            ValidationImages = heldOut.Count,
            HeldOutRows = reader.HeldOutRows,
            Recipe = TrainingIdentity.Of(recipe),
        };
        return use(new PreparedTraining(
            start.Architecture, reader, network, heldOut.Count + (known?.Rows.HeldOut.Count ?? 0), phases, Facts));
    }

    /// <summary>The columns that scoring adds, without training.</summary>
    /// <exception cref="ColumnMismatchException">A column is missing or of a type that cannot be used.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var labels = ClassLabels.StandInsFor(Find(inputSchema, _options.LabelColumnName, hint: ""));
        var image = Find(inputSchema, _options.ImageColumnName, $" {PixelColumn.CacheHint}");
        return ScoringSchema.Of(_ml, PixelColumn.Of(inputSchema, image), labels, inputSchema, _options);
    }

    private FineTuning FineTuning => _options.FineTuning ??
        (_options.Weights is null ? FineTuning.None : _options.AddClasses ? FineTuning.HeadOnly : FineTuning.TwoPhase);

    private void TellOfRandomWeights(ImageModel architecture, int images)
    {
        if (_options.Weights is not null)
        {
            return;
        }

        if (!_isStartChosen)
        {
            StartLog.Unasked(_logger, architecture);
        }

        StartLog.WarnIfFew(_logger, architecture, images);
    }

    /// <summary>Auxiliary classifiers help to train a whole network; a pretrained backbone does not need them.</summary>
    private Block BuildNetwork(StartingPoint start, IReadOnlyList<string> classes) => FineTuning == FineTuning.None
        ? start.BuildForTraining(classes, _options.Seed, _options.ReplaceHead)
        : start.BuildForFineTuning(classes, _options.Seed, _options.ReplaceHead);

    private TrainingCheckpoint? Checkpoint(
        ImageModel architecture, TrainingRecipe recipe, TrainingImages reader, BatchSource training, BatchSource validation,
        KnownClasses? known) =>
        _options.CheckpointPath is { } path
            ? new TrainingCheckpoint(path, TrainingIdentity.Of(
                architecture.Name, recipe, reader.Labels.Names, training, validation, known?.Rows.Learnt ?? FeatureRows.None))
            : null;

    /// <summary>Small classes may give none to hold out, and early stopping would then never stop.</summary>
    private static void RequireChecksToStopBy(ImageTrainingOptions options, int heldOut)
    {
        if (options.EarlyStoppingEpochs is not null && heldOut == 0)
        {
            throw new ImageDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"There are too few images of each class to hold one out at a {nameof(options.ValidationFraction)} of " +
                $"{options.ValidationFraction}, so that {nameof(options.EarlyStoppingEpochs)} would never stop the training: leave it " +
                $"out, hold out a larger share, or give validation images."));
        }
    }

    /// <summary>A network that was trained finds its training images more alike than others are, so that others must be known.</summary>
    private void RequireKnownImages(int heldOut)
    {
        if (_options.Outputs.HasFlag(ModelOutputs.Familiarity) && heldOut == 0 && FineTuning != FineTuning.HeadOnly)
        {
            throw new ImageDataException(
                $"Familiarity is measured against images that are not trained on, and none are held out: make " +
                $"{nameof(ImageTrainingOptions.ValidationFraction)} larger, give validation images, or train the last layer alone.");
        }
    }

    private sealed record PreparedTraining(
        ImageModel Architecture, TrainingImages Images, Block Network, int HeldOut, TrainingPhases Phases,
        Func<EpochSummary, TrainingFacts> Facts);

    private static SchemaShape.Column Find(SchemaShape schema, string name, string hint) =>
        schema.FirstOrDefault(column => column.Name == name) is { Name: not null } found
            ? found
            : throw new ColumnMismatchException(MissingColumn.Describe(name, schema.Select(column => column.Name)) + hint);
}
