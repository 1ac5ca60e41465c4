using System.CommandLine;
using MLVision.Trainers.Options;
using Training = MLVision.Trainers.Options.ImageTrainingOptions;

namespace MLVision.Cli.Options;

/// <summary>The flags of <c>mlvision train</c> that say how to train: a line each, and nothing else to be said of them elsewhere.</summary>
internal static class TrainingFlags
{
    private static readonly Option<float[]?> Mean = StartingWeights.Mean();
    private static readonly Option<float[]?> StandardDeviation = StartingWeights.StandardDeviation();
    private static readonly Option<bool> UnfreezeBatchNorm = new("--unfreeze-batch-norm")
    {
        Description = "Train batch norm in the second phase, too.",
    };

    private static readonly Option<bool> NoTemperature = new("--no-temperature")
    {
        Description = "Leave the probabilities as the network gives them, without fitting a temperature to held-out images.",
    };

    private static readonly TrainingFlag[] Flags =
    [
        TrainingFlag.Of(nameof(Training.Preset), Choice.Of<TrainingPreset?>(
            "--preset", "The recipe that decides whatever is not given; without it balanced.",
            ("quick", TrainingPreset.Quick), ("balanced", TrainingPreset.Balanced), ("best", TrainingPreset.Best))),
        TrainingFlag.Text(
            nameof(Training.Weights), "--weights", "file|name",
            "What to start from: a file of weights, a model.zip or model.onnx, the name of published weights, or none for random ones; " +
            "without it random ones of --arch, and without that imagenet_mlnet."),
        TrainingFlag.Of(nameof(Training.WeightsKey), StartingWeights.Key()),
        TrainingFlag.Of(nameof(Training.Mean), Mean, parsed => StartingWeights.Read(parsed, Mean)),
        TrainingFlag.Of(
            nameof(Training.StandardDeviation), StandardDeviation, parsed => StartingWeights.Read(parsed, StandardDeviation)),
        TrainingFlag.Switch(
            nameof(Training.ReplaceHead), "--replace-head", "Start the last layer at random even if that of --weights has the right size."),
        TrainingFlag.Switch(
            nameof(Training.AddClasses), "--add-classes",
            "Add the classes of --data to those that the model of --weights knows, without images of these."),
        TrainingFlag.Text(
            nameof(Training.ClassMemoryPath), "--class-memory", "file",
            "What that model remembers of its classes; without it classes.safetensors beside the model."),
        TrainingFlag.Number(
            nameof(Training.RememberedImages), "--remembered-images",
            "Images of a class whose features are kept in classes.safetensors; 0 for none."),
        TrainingFlag.Of(nameof(Training.FineTuning), Choice.Of<FineTuning?>(
            "--fine-tune",
            "What is trained: all at once, the last layer, or that and then the rest; without it two-phase, and none from random weights.",
            ("none", FineTuning.None), ("head", FineTuning.HeadOnly), ("two-phase", FineTuning.TwoPhase))),
        TrainingFlag.Number(nameof(Training.Epochs), "--epochs", "Times that every image is seen; without it the preset's."),
        TrainingFlag.Number(
            nameof(Training.HeadEpochs), "--head-epochs",
            "Times that every image's features are seen in the first of two phases; without it the preset's."),
        TrainingFlag.Number(
            nameof(Training.UnfrozenBlocks), "--unfrozen-blocks", "Last blocks that the second phase trains; without it all."),
        TrainingFlag.Number(
            nameof(Training.RateDecayPerBlock), "--rate-decay-per-block",
            "Factor from a block's learning rate to that of the block before it, in the second phase."),
        TrainingFlag.Of(nameof(Training.FreezeBatchNorm), UnfreezeBatchNorm, parsed => !parsed.GetValue(UnfreezeBatchNorm)),
        TrainingFlag.Number(nameof(Training.BatchSize), "--batch-size", "Images per step."),
        TrainingFlag.Number(
            nameof(Training.ImageSize), "--image-size", "Width and height in pixels; without it the weights' or the architecture's own."),
        TrainingFlag.Of(nameof(Training.Optimizer), Choice.Of<TrainingOptimizer?>(
            "--optimizer", "What changes the weights; without it the architecture's own.",
            ("sgd", TrainingOptimizer.Sgd), ("adamw", TrainingOptimizer.AdamW), ("adam", TrainingOptimizer.Adam))),
        TrainingFlag.Of(nameof(Training.Schedule), Choice.Of<RateSchedule?>(
            "--schedule", "How the learning rate changes; without it the preset's.",
            ("cosine", RateSchedule.Cosine), ("one-cycle", RateSchedule.OneCycle), ("step", RateSchedule.Step))),
        TrainingFlag.Number(
            nameof(Training.LearningRate), "--learning-rate", "Largest learning rate; without it the architecture's own."),
        TrainingFlag.Number(
            nameof(Training.HeadLearningRate), "--head-learning-rate",
            "Largest learning rate of the last layer while it is trained on its own."),
        TrainingFlag.Number(
            nameof(Training.WarmupEpochs), "--warmup-epochs", "Epochs in which the learning rate rises; without it a share of all."),
        TrainingFlag.Number(nameof(Training.WeightDecay), "--weight-decay", "Weight decay; without it the optimizer's own."),
        TrainingFlag.Number(
            nameof(Training.LabelSmoothing), "--label-smoothing", "Probability taken from the true class; without it the preset's."),
        TrainingFlag.Of(nameof(Training.Augmentation), Choice.Of<AugmentationOptions?>(
            "--augmentation", "How images are varied; without it the preset's.",
            ("none", AugmentationOptions.None), ("light", AugmentationOptions.Light), ("standard", AugmentationOptions.Standard),
            ("strong", AugmentationOptions.Strong))),
        TrainingFlag.Number(
            nameof(Training.AverageDecay), "--ema",
            "Decay of the weights' moving average, such as 0.9999; 0 for none; without it the preset's."),
        TrainingFlag.Number(
            nameof(Training.MaxGradientNorm), "--clip", "Largest norm of the gradients; 0 for any; without it the preset's."),
        TrainingFlag.Of(nameof(Training.ClassBalance), Choice.Of(
            "--class-balance", "What is done about classes with many more images than others; without it nothing.",
            ("none", ClassBalance.None), ("weighted-loss", ClassBalance.WeightedLoss),
            ("balanced-sampling", ClassBalance.BalancedSampling))),
        TrainingFlag.Number(
            nameof(Training.EarlyStoppingEpochs), "--early-stopping",
            "Epochs without improvement after which training stops; without it never."),
        TrainingFlag.Of(nameof(Training.Outputs), OutputsOption.Create()),
        TrainingFlag.Of(nameof(Training.FitTemperature), NoTemperature, parsed => !parsed.GetValue(NoTemperature)),
        TrainingFlag.Number(nameof(Training.Seed), "--seed", "Seed of everything random."),
        TrainingFlag.Of(nameof(Training.Precision), ComputeOptions.Precision),
        TrainingFlag.Of(nameof(Training.Device), ComputeOptions.Device),
        TrainingFlag.Of(nameof(Training.Threads), ComputeOptions.Threads),
        TrainingFlag.Number(
            nameof(Training.PixelMemoryMegabytes), "--pixel-memory",
            "Megabytes of decoded pixels kept in memory; the rest goes to a temporary file."),
        TrainingFlag.Number(
            nameof(Training.MaxSkippedImages), "--max-skipped",
            "Unreadable images that are skipped and listed; one more is an error."),
        TrainingFlag.Switch(
            nameof(Training.IgnoreOrientation), "--ignore-orientation",
            "Use pictures as they are stored, whatever EXIF says; then score with the same option."),
    ];

    /// <summary>All of them, as help lists them.</summary>
    public static IReadOnlyList<Option> All { get; } = [.. Flags.Select(flag => flag.Option)];

    /// <summary>The flag of the seed.</summary>
    public static Option<int> Seed { get; } = (Option<int>)Flag(nameof(Training.Seed));

    /// <summary>The flags that may name a file.</summary>
    public static IReadOnlyList<Option> Paths { get; } = [Flag(nameof(Training.Weights)), Flag(nameof(Training.ClassMemoryPath))];

    /// <summary>What was given.</summary>
    public static ImageTrainingOptions Read(ParseResult parsed)
    {
        var options = new ImageTrainingOptions();
        foreach (var flag in Flags)
        {
            flag.Set(options, parsed);
        }

        return options;
    }

    private static Option Flag(string property) => Flags.First(flag => flag.Sets == property).Option;

    /// <summary>Whether the name is that of an option of trainings, of which some have no flag.</summary>
    public static bool IsOption(string property) => typeof(Training).GetProperty(property) is not null;

    /// <summary>Name of the flag that sets an option, or null where none does.</summary>
    public static string? NameOf(string property) => Flags.FirstOrDefault(flag => flag.Sets == property)?.Option.Name;
}
