using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Recipe;

/// <summary>
/// The final values of all choices that affect the weights: as the options say, else the preset's, else the architecture's. The training
/// reads these and never the options themselves; a checkpoint with another value is refused.
/// </summary>
/// <remarks>Properties have the options' names, because messages show them.</remarks>
internal sealed record TrainingRecipe
{
    private const double FineTuningDivisor = 10;        // of the rate
    private const double WarmupShare = 0.05;
    private const double OneCycleWarmupShare = 0.3;     // PyTorch's pct_start
    private const double SgdWeightDecay = 5e-4;         // He et al. 2016 and torchvision: 1e-4 for ImageNet, 5e-4 for smaller sets
    private const double AdamWWeightDecay = 0.05;       // taken off times the rate, hence so much larger: Loshchilov and Hutter 2019

    /// <inheritdoc cref="ImageTrainingOptions.FineTuning"/>
    public required FineTuning FineTuning { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Weights"/>
    public required string? Weights { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.WeightsKey"/>
    public required string? WeightsKey { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.ReplaceHead"/>
    public required bool ReplaceHead { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Seed"/>
    public required int Seed { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.BatchSize"/>
    public required int BatchSize { get; init; }

    /// <summary>Epochs of the whole network, or of its last blocks; 0 where the head is trained alone.</summary>
    public required int Epochs { get; init; }

    /// <summary>Epochs of the head on its own; 0 where everything is trained at once.</summary>
    public required int HeadEpochs { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.HeadViews"/>
    public required int HeadViews { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.HeadLearningRate"/>
    public required double HeadLearningRate { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.HeadWeightDecay"/>
    public required double HeadWeightDecay { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.UnfrozenBlocks"/>
    public required int? UnfrozenBlocks { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.RateDecayPerBlock"/>
    public required double RateDecayPerBlock { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.FreezeBatchNorm"/>
    public required bool FreezeBatchNorm { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.EarlyStoppingEpochs"/>
    public required int? EarlyStoppingEpochs { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Optimizer"/>
    public required TrainingOptimizer Optimizer { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Schedule"/>
    public required RateSchedule Schedule { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.LearningRate"/>
    public required double LearningRate { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.WarmupEpochs"/>
    public required double WarmupEpochs { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Momentum"/>
    public required double Momentum { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.WeightDecay"/>
    public required double WeightDecay { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.MaxGradientNorm"/>
    public required double MaxGradientNorm { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.AverageDecay"/>
    public required double AverageDecay { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.LabelSmoothing"/>
    public required double LabelSmoothing { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.ClassBalance"/>
    public required ClassBalance ClassBalance { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Precision"/>
    public required TrainingPrecision Precision { get; init; }

    /// <inheritdoc cref="ImageTrainingOptions.Augmentation"/>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>Computes the final values from valid options.</summary>
    /// <param name="options">The options as given.</param>
    /// <param name="architecture">Determines the default optimizer and rate.</param>
    /// <param name="fineTuning">What is trained.</param>
    /// <param name="imageSize">Width and height in pixels of the images that the network is given.</param>
    public static TrainingRecipe Of(ImageTrainingOptions options, ImageModel architecture, FineTuning fineTuning, int imageSize)
    {
        var preset = PresetValues.Of(options.Preset, fineTuning, imageSize);
        var optimizer = options.Optimizer ?? architecture.Optimizer;
        var schedule = options.Schedule ?? preset.Schedule;
        var epochs = fineTuning == FineTuning.HeadOnly ? 0 : options.Epochs ?? preset.Epochs;
        return new TrainingRecipe
        {
            FineTuning = fineTuning,
            Weights = options.Weights,
            WeightsKey = options.WeightsKey,
            ReplaceHead = options.ReplaceHead,
            Seed = options.Seed,
            BatchSize = options.BatchSize,
            Epochs = epochs,
            HeadEpochs = fineTuning switch
            {
                FineTuning.None => 0,
                FineTuning.HeadOnly => options.Epochs ?? preset.HeadEpochs,
                _ => options.HeadEpochs ?? preset.HeadEpochs,
            },
            HeadViews = options.HeadViews ?? preset.HeadViews,
            HeadLearningRate = options.HeadLearningRate,
            HeadWeightDecay = options.HeadWeightDecay,
            UnfrozenBlocks = options.UnfrozenBlocks,
            RateDecayPerBlock = options.RateDecayPerBlock,
            FreezeBatchNorm = options.FreezeBatchNorm,
            EarlyStoppingEpochs = options.EarlyStoppingEpochs,
            Optimizer = optimizer,
            Schedule = schedule,
            LearningRate = options.LearningRate
                ?? (architecture.LearningRateOf(optimizer) / (fineTuning == FineTuning.TwoPhase ? FineTuningDivisor : 1)),
            WarmupEpochs = options.WarmupEpochs ?? (epochs * (schedule == RateSchedule.OneCycle ? OneCycleWarmupShare : WarmupShare)),
            Momentum = options.Momentum,
            WeightDecay = options.WeightDecay ?? (optimizer == TrainingOptimizer.AdamW ? AdamWWeightDecay : SgdWeightDecay),
            MaxGradientNorm = options.MaxGradientNorm ?? preset.MaxGradientNorm,
            AverageDecay = options.AverageDecay ?? preset.AverageDecay,
            LabelSmoothing = options.LabelSmoothing ?? preset.LabelSmoothing,
            ClassBalance = options.ClassBalance,
            Precision = options.Precision,
            Augmentation = options.Augmentation ?? preset.Augmentation,
        };
    }
}
