using System.CommandLine;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Options;

/// <summary>The flags of <c>mlvision train</c> that say how to train.</summary>
internal static class TrainingFlags
{
    private static readonly ImageTrainingOptions Defaults = new();

    private static readonly Option<TrainingPreset?> Preset = Choice.Of<TrainingPreset?>(
        "--preset", "The recipe that decides whatever is not given; without it balanced.",
        ("quick", TrainingPreset.Quick), ("balanced", TrainingPreset.Balanced), ("best", TrainingPreset.Best));
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "Weights to start from: a file, or the name of published ones; without it random ones.",
    };
    private static readonly Option<string?> WeightsKey = StartingWeights.Key();
    private static readonly Option<float[]?> Mean = StartingWeights.Mean();
    private static readonly Option<float[]?> StandardDeviation = StartingWeights.StandardDeviation();
    private static readonly Option<bool> ReplaceHead = new("--replace-head")
    {
        Description = "Draw the last layer anew even where that of --weights has the right size.",
    };
    private static readonly Option<FineTuning?> FineTune = Choice.Of<FineTuning?>(
        "--fine-tune",
        "What is trained: all at once, the last layer, or that and then the rest; without it two-phase where --weights are given.",
        ("none", FineTuning.None), ("head", FineTuning.HeadOnly), ("two-phase", FineTuning.TwoPhase));
    private static readonly Option<int?> Epochs = NumberOption.Whole(
        "--epochs", "Times that every image is seen; without it the preset's.");
    private static readonly Option<int?> HeadEpochs = NumberOption.Whole(
        "--head-epochs", "Times that every image's features are seen in the first of two phases; without it the preset's.");
    private static readonly Option<int?> UnfrozenBlocks = NumberOption.Whole(
        "--unfrozen-blocks", "Last blocks that the second phase trains; without it all.");
    private static readonly Option<double> RateDecayPerBlock = NumberOption.Real(
        "--rate-decay-per-block", "Factor from a block's learning rate to that of the block before it, in the second phase.",
        Defaults.RateDecayPerBlock);
    private static readonly Option<bool> UnfreezeBatchNorm = new("--unfreeze-batch-norm")
    {
        Description = "Train batch norm in the second phase, too.",
    };
    private static readonly Option<int> PixelMemory = NumberOption.Whole(
        "--pixel-memory", "Megabytes of decoded pixels kept in memory; the rest goes to a temporary file.", Defaults.PixelMemoryMegabytes);
    private static readonly Option<int> BatchSize = NumberOption.Whole("--batch-size", "Images per step.", Defaults.BatchSize);
    private static readonly Option<int?> ImageSize = NumberOption.Whole(
        "--image-size", "Width and height in pixels; without it the weights' or the architecture's own.");
    private static readonly Option<TrainingOptimizer?> Optimizer = Choice.Of<TrainingOptimizer?>(
        "--optimizer", "What changes the weights; without it the architecture's own.", ("sgd", TrainingOptimizer.Sgd),
        ("adamw", TrainingOptimizer.AdamW));
    private static readonly Option<RateSchedule?> Schedule = Choice.Of<RateSchedule?>(
        "--schedule", "How the learning rate changes; without it the preset's.",
        ("cosine", RateSchedule.Cosine), ("one-cycle", RateSchedule.OneCycle), ("step", RateSchedule.Step));
    private static readonly Option<double?> LearningRate = NumberOption.Real(
        "--learning-rate", "Largest learning rate; without it the architecture's own.");
    private static readonly Option<double> HeadLearningRate = NumberOption.Real(
        "--head-learning-rate", "Largest learning rate of the last layer while it is trained on its own.", Defaults.HeadLearningRate);
    private static readonly Option<double?> WarmupEpochs = NumberOption.Real(
        "--warmup-epochs", "Epochs in which the learning rate rises; without it a share of all.");
    private static readonly Option<double?> WeightDecay = NumberOption.Real(
        "--weight-decay", "Weight decay; without it the optimizer's own.");
    private static readonly Option<double?> LabelSmoothing = NumberOption.Real(
        "--label-smoothing", "Probability taken from the true class; without it the preset's.");
    private static readonly Option<AugmentationOptions?> Augmentation = Choice.Of<AugmentationOptions?>(
        "--augmentation", "How images are varied; without it the preset's.",
        ("none", AugmentationOptions.None), ("light", AugmentationOptions.Light), ("standard", AugmentationOptions.Standard),
        ("strong", AugmentationOptions.Strong));
    private static readonly Option<double?> AverageDecay = NumberOption.Real(
        "--ema", "Decay of the weights' moving average, such as 0.9999; 0 for none; without it the preset's.");
    private static readonly Option<double?> MaxGradientNorm = NumberOption.Real(
        "--clip", "Largest norm of the gradients; 0 for any; without it the preset's.");
    private static readonly Option<ClassBalance> Balance = Choice.Of(
        "--class-balance", "What is done about classes with many more images than others; without it nothing.",
        ("none", ClassBalance.None), ("weighted-loss", ClassBalance.WeightedLoss), ("balanced-sampling", ClassBalance.BalancedSampling));
    private static readonly Option<int?> EarlyStopping = NumberOption.Whole(
        "--early-stopping", "Epochs without a better one after which training stops; without it never.");
    private static readonly Option<int> Seed = NumberOption.Whole("--seed", "Decides everything that is drawn.", Defaults.Seed);
    private static readonly Option<int> MaxSkipped = NumberOption.Whole(
        "--max-skipped", "Unreadable images that are skipped and listed; one more is an error.", Defaults.MaxSkippedImages);

    private static readonly Option<bool> IgnoreOrientation = new("--ignore-orientation")
    {
        Description = "Take pictures as they are stored, whatever EXIF says; scoring must then be told the same.",
    };

    /// <summary>All of them, as help lists them.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Preset, Weights, WeightsKey, Mean, StandardDeviation,
        ReplaceHead, FineTune, Epochs, HeadEpochs, UnfrozenBlocks, RateDecayPerBlock, UnfreezeBatchNorm, BatchSize, ImageSize, Optimizer,
        Schedule,
        LearningRate, HeadLearningRate, WarmupEpochs, WeightDecay, LabelSmoothing, Augmentation, AverageDecay, MaxGradientNorm, Balance, EarlyStopping, Seed,
        ComputeOptions.Precision, ComputeOptions.Device, ComputeOptions.Threads, PixelMemory, MaxSkipped, IgnoreOrientation,
    ];

    /// <summary>What was given.</summary>
    public static ImageTrainingOptions Read(ParseResult parsed) => new()
    {
        Preset = parsed.GetValue(Preset) ?? Defaults.Preset,
        Weights = parsed.GetValue(Weights),
        WeightsKey = parsed.GetValue(WeightsKey),
        Mean = StartingWeights.Read(parsed, Mean),
        StandardDeviation = StartingWeights.Read(parsed, StandardDeviation),
        ReplaceHead = parsed.GetValue(ReplaceHead),
        FineTuning = parsed.GetValue(FineTune),
        Epochs = parsed.GetValue(Epochs),
        HeadEpochs = parsed.GetValue(HeadEpochs),
        UnfrozenBlocks = parsed.GetValue(UnfrozenBlocks),
        RateDecayPerBlock = parsed.GetValue(RateDecayPerBlock),
        FreezeBatchNorm = !parsed.GetValue(UnfreezeBatchNorm),
        BatchSize = parsed.GetValue(BatchSize),
        ImageSize = parsed.GetValue(ImageSize),
        Optimizer = parsed.GetValue(Optimizer),
        Schedule = parsed.GetValue(Schedule),
        LearningRate = parsed.GetValue(LearningRate),
        HeadLearningRate = parsed.GetValue(HeadLearningRate),
        WarmupEpochs = parsed.GetValue(WarmupEpochs),
        WeightDecay = parsed.GetValue(WeightDecay),
        LabelSmoothing = parsed.GetValue(LabelSmoothing),
        Augmentation = parsed.GetValue(Augmentation),
        AverageDecay = parsed.GetValue(AverageDecay),
        MaxGradientNorm = parsed.GetValue(MaxGradientNorm),
        ClassBalance = parsed.GetValue(Balance),
        EarlyStoppingEpochs = parsed.GetValue(EarlyStopping),
        Seed = parsed.GetValue(Seed),
        Precision = parsed.GetValue(ComputeOptions.Precision),
        Device = parsed.GetValue(ComputeOptions.Device),
        Threads = parsed.GetValue(ComputeOptions.Threads),
        PixelMemoryMegabytes = parsed.GetValue(PixelMemory),
        MaxSkippedImages = parsed.GetValue(MaxSkipped),
        IgnoreOrientation = parsed.GetValue(IgnoreOrientation),
    };
}
