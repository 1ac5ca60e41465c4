using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Trainers.Options;

/// <summary>How an image classifier is trained; every architecture takes these.</summary>
public record ImageTrainingOptions
{
    /// <summary>The label column: a key.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// The image column: <c>MLImage</c>, a vector of pixels from <c>ExtractPixels</c>, or bytes of files from <c>LoadRawImageBytes</c>,
    /// whose column of paths must be there, too.
    /// </summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Name of the column of scores that the model adds; <c>Score</c> by default.</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Name of the column of labels that the model adds; <c>PredictedLabel</c> by default.</summary>
    /// <remarks>Two stock steps behind the classifier rename columns, so that a saved model still needs stock packages alone.</remarks>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>
    /// Width and height in pixels of the network's input; null takes the weights' own size, or the architecture's. 8 to 8192.
    /// </summary>
    [Number(AtLeast = 8, UpTo = MetadataLimits.LargestImageSize, Unit = "pixels")]
    public int? ImageSize { get; init; }

    /// <summary>
    /// Pixels that the shorter side is resized to before the central <see cref="ImageSize"/> is cut out; null takes the weights' own
    /// where <see cref="ImageSize"/> is theirs, and otherwise cuts nothing. At least <see cref="ImageSize"/>.
    /// </summary>
    [Number(AtLeast = 8, UpTo = MetadataLimits.LargestImageSize, Unit = "pixels")]
    public int? ResizeSize { get; init; }

    /// <summary>
    /// What to start from: a file of weights (safetensors, or a PyTorch state dictionary), an own model to go on from (<c>.zip</c> or
    /// <c>.onnx</c>, not int8), the name of published weights (<see cref="Weights.Published.PublishedWeightsCatalog"/>:
    /// <c>imagenet1k_v1</c>), or <c>none</c> for random ones. Null takes random ones if an architecture is named, and otherwise
    /// <c>imagenet_mlnet</c> of <c>resnet18_mlnet</c>.
    /// </summary>
    /// <remarks>
    /// Of our own files the last layer keeps the rows of classes that it knows, by name; a model must know at least one of them unless
    /// <see cref="ReplaceHead"/> is set.
    /// </remarks>
    public string? Weights { get; init; }

    /// <summary>
    /// Where the weights are in the file of <see cref="Weights"/>, such as <c>state_dict_ema</c> or <c>state_dict.model</c>; <c>.</c> is
    /// the top. Null takes those that fit, averaged ones first.
    /// </summary>
    public string? WeightsKey { get; init; }

    /// <summary>
    /// Mean of red, green and blue that is subtracted from pixels, on the scale 0..1; null takes the weights' own, or ImageNet's. Three
    /// numbers from 0 to 1.
    /// </summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>
    /// Standard deviation of red, green and blue that pixels are divided by, on the scale 0..1; null takes the weights' own, or ImageNet's.
    /// Three numbers above 0, up to 1.
    /// </summary>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>What is trained; null trains in two phases from weights, given or the default's, and everything from random ones.</summary>
    public FineTuning? FineTuning { get; init; }

    /// <summary>Whether the last layer starts at random even if that of the <see cref="Weights"/> has the right size.</summary>
    public bool ReplaceHead { get; init; }

    /// <summary>
    /// Whether the classes of the images are added to those that the model in <see cref="Weights"/> knows, without images of these: their
    /// place is taken by the features that its <see cref="ClassMemoryPath"/> remembers.
    /// </summary>
    /// <remarks>
    /// Only the last layer is trained. The known classes come first, in their order. Images of known classes count, too; one class must be
    /// new. <see cref="ClassBalance.None"/> means <see cref="ClassBalance.BalancedSampling"/> here, because few remembered images of a
    /// class would be drowned by many new ones.
    /// </remarks>
    public bool AddClasses { get; init; }

    /// <summary>
    /// The class memory of the model in <see cref="Weights"/>, for <see cref="AddClasses"/>; null takes <c>classes.safetensors</c> in the
    /// model's folder.
    /// </summary>
    public string? ClassMemoryPath { get; init; }

    /// <summary>
    /// Largest number of images of a class, some of them held out, whose features are kept for <see
    /// cref="ImageClassificationTransformer.SaveClassMemory"/>, so that classes can be added later. At the end of training the network
    /// runs once more for each. 0 keeps none; 0 or more.
    /// </summary>
    [Number(AtLeast = 0)]
    public int RememberedImages { get; init; } = 32;

    /// <summary>The recipe that supplies every value that is null here; docs/training.md describes each.</summary>
    public TrainingPreset Preset { get; init; } = TrainingPreset.Balanced;

    /// <summary>
    /// Times that every training image is seen; with <see cref="FineTuning.TwoPhase"/> in the second phase. Null takes the preset's, and
    /// more where a few images would make too few steps. At least 1.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? Epochs { get; init; }

    /// <summary>
    /// Times that every feature is seen in the first of two phases; null takes the preset's, and more where a few images would make too few
    /// steps. At least 1.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? HeadEpochs { get; init; }

    /// <summary>
    /// Number of views of each image for the frozen backbone: the image itself, then augmented ones. Null takes the preset's. At least 1.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? HeadViews { get; init; }

    /// <summary>Learning rate of the last layer on its own, by Adam, falling along half a cosine; above 0.</summary>
    [Number(Above = 0)]
    public double HeadLearningRate { get; init; } = 0.003;

    /// <summary>
    /// L2 regularisation of the last layer when it is trained alone: this share of the weights is added to their gradient, as in logistic
    /// regression. 0 or more.
    /// </summary>
    [Number(AtLeast = 0)]
    public double HeadWeightDecay { get; init; } = 0.01;

    /// <summary>Number of the backbone's last blocks that the second phase trains; null for all. 0 or more.</summary>
    [Number(AtLeast = 0)]
    public int? UnfrozenBlocks { get; init; }

    /// <summary>Factor from a block's learning rate to that of the block before it, in the second phase; above 0, up to 1.</summary>
    [Number(Above = 0, UpTo = 1)]
    public double RateDecayPerBlock { get; init; } = 1;

    /// <summary>Whether the second phase keeps batch norm's statistics and weights.</summary>
    public bool FreezeBatchNorm { get; init; } = true;

    /// <summary>
    /// Number of epochs without improvement after which a phase stops; null trains all epochs. Needs images to check on, held out or given.
    /// The model then has the most accurate epoch's weights, because the last one's rate had not fallen. At least 1.
    /// </summary>
    [Number(AtLeast = 1)]
    public int? EarlyStoppingEpochs { get; init; }

    /// <summary>
    /// File that the training is saved to after every epoch, so that it can be resumed; null saves nothing. That of the epoch before stays
    /// beside it, <c>checkpoint.previous.safetensors</c> beside <c>checkpoint.safetensors</c>, and is taken where the newest is damaged.
    /// Both remain after training; delete them when the model is saved.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// Whether to resume from the file at <see cref="CheckpointPath"/>, if there is one. It must belong to the same training.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Images per optimizer step; at least 2, since batch norm needs two.</summary>
    [Number(AtLeast = 2)]
    public int BatchSize { get; init; } = 32;

    /// <summary>The optimizer, except for the last layer alone; null takes the architecture's.</summary>
    public TrainingOptimizer? Optimizer { get; init; }

    /// <summary>How the learning rate changes, except for the last layer alone; null takes the preset's.</summary>
    public RateSchedule? Schedule { get; init; }

    /// <summary>
    /// Largest learning rate, reached after the warm-up; null takes the architecture's own for the optimizer, and a tenth of it in the
    /// second of two phases. Above 0.
    /// </summary>
    [Number(Above = 0)]
    public double? LearningRate { get; init; }

    /// <summary>
    /// Nesterov momentum of stochastic gradient descent, or AdamW's first beta; with <see cref="RateSchedule.OneCycle"/> the middle of
    /// it. 0 to below 1.
    /// </summary>
    [Number(AtLeast = 0, Below = 1)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Share of every weight that is added to its gradient by gradient descent, or subtracted, times the learning rate, by AdamW; biases
    /// and norms do not decay. Null takes 0.0005, and with AdamW 0.05. 0 or more.
    /// </summary>
    [Number(AtLeast = 0)]
    public double? WeightDecay { get; init; }

    /// <summary>
    /// Epochs, whole or in part, in which the learning rate rises; null takes a twentieth of them, and with
    /// <see cref="RateSchedule.OneCycle"/> three tenths; but at least 20 steps, or half of all where there are fewer than 40. 0 or more.
    /// </summary>
    [Number(AtLeast = 0)]
    public double? WarmupEpochs { get; init; }

    /// <summary>
    /// Largest norm of a step's gradients, taken over all weights together; larger ones are scaled down to it. Null takes the preset's, and
    /// 1 with fewer than 1,000 images; 0 leaves them as they are. 0 or more.
    /// </summary>
    /// <remarks>Source: Pascanu et al. 2013, arXiv:1211.5063. The last layer on its own is not clipped.</remarks>
    [Number(AtLeast = 0)]
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// Largest share of the past in the moving average of the weights (EMA), which then takes their place in validation and in the
    /// model; null takes the preset's. 0 averages nothing. 0 to below 1.
    /// </summary>
    /// <remarks>At step n the share is at most (1 + n) / (10 + n), so that even a short training forgets its first weights.</remarks>
    [Number(AtLeast = 0, Below = 1)]
    public double? AverageDecay { get; init; }

    /// <summary>
    /// Probability mass taken from the true class and spread over all; null takes the preset's, and 0 for the last layer on its own. 0 to
    /// below 1.
    /// </summary>
    /// <remarks>Source: Szegedy et al. 2016, §7, arXiv:1512.00567.</remarks>
    [Number(AtLeast = 0, Below = 1)]
    public double? LabelSmoothing { get; init; }

    /// <summary>How to treat classes with far more images than others.</summary>
    public ClassBalance ClassBalance { get; init; } = ClassBalance.None;

    /// <summary>How training images are varied at random; null takes the preset's.</summary>
    public AugmentationOptions? Augmentation { get; init; }

    /// <summary>Share of each class held out of training for validation after every epoch; 0 to below 1.</summary>
    [Number(AtLeast = 0, Below = 1)]
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>What the model gives beside its scores, as columns and as outputs of the ONNX file; nothing by default.</summary>
    public ModelOutputs Outputs { get; init; }

    /// <summary>
    /// Whether a temperature is fitted at the end that makes the probabilities mean what they say; it divides the logits in the graph, and
    /// no predicted class changes. True by default.
    /// </summary>
    /// <remarks>
    /// It is fitted on held-out images; where they are fewer than 50 and only the last layer is trained, on all images, up to 2,000, by
    /// five folds of the last layer. With fewer than 50 images it stays 1. Source: Guo et al. 2017, arXiv:1706.04599.
    /// </remarks>
    public bool FitTemperature { get; init; } = true;

    /// <summary>Determines the first weights, the order of images, augmentation and which images are held out.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where to train: <see cref="ComputeDevice.Auto"/> (CUDA where there is one), the CPU, or a CUDA device.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Auto;

    /// <summary>The number format of convolutions.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Auto;

    /// <summary>Threads that compute on a CPU; null leaves torch's own number, one per core. At least 1.</summary>
    [Number(AtLeast = 1)]
    public int? Threads { get; init; }

    /// <summary>
    /// Whether a pixel's channels lie side by side in memory (NHWC), which is fastest for convolutions on CPUs and tensor cores; otherwise
    /// each channel is a plane.
    /// </summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>
    /// Whether memory that a step frees is kept for the next one while training, where the C library is glibc; otherwise the system takes
    /// it back and clears it each time, a fifth of the time of some networks. The setting applies to the C library of the whole process.
    /// </summary>
    public bool KeepFreedMemory { get; init; } = true;

    /// <summary>
    /// Megabytes (10⁶ bytes) of decoded pixels kept in memory; the rest goes to a file in the temporary folder, so that the memory that a
    /// training takes does not grow with the number of images. 0 or more.
    /// </summary>
    /// <remarks>
    /// An image takes 3 · size² bytes: 0.15 MB at 224 pixels. The system keeps the file in its cache as long as there is room, so
    /// reading from it is hardly slower. The file is gone when <c>Fit</c> ends, however it ends; the environment variable <c>TMPDIR</c>
    /// (<c>TMP</c> on Windows) moves it to another disk.
    /// </remarks>
    [Number(AtLeast = 0)]
    public int PixelMemoryMegabytes { get; init; } = 128;

    /// <summary>Whether pictures are left as they are stored, whatever EXIF says; then set the same option for scoring.</summary>
    /// <remarks>
    /// Otherwise they are turned upright if their file is known: if <c>LoadImages</c> loads it, or an image's tag is its path. <see
    /// cref="ImageScoringOptions.IgnoreOrientation"/> makes scoring use the same pixels as training.
    /// </remarks>
    public bool IgnoreOrientation { get; init; }

    /// <summary>Unreadable images that are skipped and listed; one more ends the training. 0 or more.</summary>
    /// <remarks>
    /// An image above 134,217,728 pixels counts as unreadable, and is not decoded, where <c>LoadImages</c> loads it or a column
    /// <c>ImagePath</c> holds its full path; images that come in memory are decoded already. Rows whose label is missing are left out,
    /// too, and counted apart, with the same limit.
    /// </remarks>
    [Number(AtLeast = 0)]
    public int MaxSkippedImages { get; init; } = 100;

    /// <summary>Receives progress after every training step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Receives the results of every epoch, when it is saved.</summary>
    /// <remarks>
    /// A training that is resumed first reports the epochs before, in their order: what receives them has the whole history in the end, and
    /// each epoch once.
    /// </remarks>
    public IProgress<EpochSummary>? EpochProgress { get; init; }

    /// <summary>Receives the progress of downloading published weights.</summary>
    public IProgress<DownloadProgress>? DownloadProgress { get; init; }

    /// <summary>Receives lines about the device, every epoch and skipped images, as does <c>MLContext.Log</c>.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Stops <c>Fit</c> within one step, with an <see cref="OperationCanceledException"/>; the checkpoint stays.</summary>
    /// <remarks>
    /// It stands here because a pipeline's <c>Fit</c>, which trains as one step among others, takes none. What is called by itself, such
    /// as scoring, exporting and quantising, takes a token with the call.
    /// </remarks>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Name in the table of architectures that options of one family decide; null for options of any.</summary>
    internal virtual string? Architecture => null;

    /// <summary>Throws unless every value is in range.</summary>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    /// <exception cref="OptionOutOfRangeException">A number is out of range.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(LabelColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(ImageColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(ScoreColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(PredictedLabelColumnName);
        OptionChecks.Require(
            ScoreColumnName != PredictedLabelColumnName, nameof(PredictedLabelColumnName), PredictedLabelColumnName,
            $"another name than {nameof(ScoreColumnName)}");
        OptionChecks.Require(
            (ScoreColumnName, PredictedLabelColumnName) != ("PredictedLabel", "Score"), nameof(ScoreColumnName), ScoreColumnName,
            $"another name where {nameof(PredictedLabelColumnName)} is Score");
        OptionChecks.ThrowUnlessInRange(this);
        OptionChecks.Require(ResizeSize is null || ResizeSize >= (ImageSize ?? 8), nameof(ResizeSize), ResizeSize, "at least ImageSize");
        OptionChecks.Require(Weights is null || !string.IsNullOrWhiteSpace(Weights), nameof(Weights), Weights, "a file or a name");
        CheckWeightsKey(WeightsKey, Weights);
        Normalization.Check(Mean, StandardDeviation);
        OptionChecks.Require(
            FineTuning is null or Options.FineTuning.None || Weights is not null, nameof(FineTuning), FineTuning,
            "None if no Weights are given, because a random backbone finds no features");
        CheckAddClasses();
        OptionChecks.Require(
            CheckpointPath is null || !string.IsNullOrWhiteSpace(CheckpointPath), nameof(CheckpointPath), CheckpointPath, "a file");
        OptionChecks.Require(!Resume || CheckpointPath is not null, nameof(Resume), Resume, "false if CheckpointPath is null");
        OptionChecks.Require(
            Device.Kind is ComputeDeviceKind.Auto or ComputeDeviceKind.Cpu or ComputeDeviceKind.Cuda, nameof(Device), Device,
            "auto, cpu or cuda:0, which libtorch trains on; the other devices only score");
        Augmentation?.Validate();
    }

    private void CheckAddClasses()
    {
        OptionChecks.Require(
            !AddClasses || Weights is not null, nameof(AddClasses), AddClasses,
            "left out if no Weights are given, because classes are added to a model that knows others");
        OptionChecks.Require(
            !AddClasses || FineTuning is null or Options.FineTuning.HeadOnly, nameof(FineTuning), FineTuning,
            "HeadOnly or left out with AddClasses, because remembered features are those of the backbone as it is");
        OptionChecks.Require(
            !AddClasses || !ReplaceHead, nameof(ReplaceHead), ReplaceHead,
            "left out with AddClasses, because the last layer keeps the classes that it knows");
        OptionChecks.Require(
            ClassMemoryPath is null || (AddClasses && !string.IsNullOrWhiteSpace(ClassMemoryPath)), nameof(ClassMemoryPath),
            ClassMemoryPath, "a file, and left out without AddClasses");
    }

    /// <summary>Throws where early stopping has no images to compare epochs by: it would never stop.</summary>
    /// <exception cref="OptionOutOfRangeException">Epochs are given, and no images are held out or given.</exception>
    internal void ValidateEarlyStopping(bool isValidationGiven) => OptionChecks.Require(
        EarlyStoppingEpochs is null || ValidationFraction > 0 || isValidationGiven, nameof(EarlyStoppingEpochs), EarlyStoppingEpochs,
        $"left out where there are no images to check epochs on: make {nameof(ValidationFraction)} larger than 0, or give validation " +
        "images to Fit");

    /// <summary>Throws unless the key is valid and there are weights; null means no key.</summary>
    /// <exception cref="OptionOutOfRangeException">The key is empty, or there are no weights.</exception>
    internal static void CheckWeightsKey(string? key, string? weights)
    {
        OptionChecks.Require(key is null || weights is not null, nameof(WeightsKey), key, "left out if no Weights are given");
        OptionChecks.Require(key is null || key.Length > 0, nameof(WeightsKey), key, "a key of the file, such as state_dict_ema");
    }
}
