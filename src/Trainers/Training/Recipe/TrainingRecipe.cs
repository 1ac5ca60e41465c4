using MLVision.Trainers.Models;
using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Recipe;

/// <summary>
/// The final values of all choices that affect the weights: as the options say, else the preset's, else the architecture's. The training
/// reads these and never the options themselves; a checkpoint with another value is refused.
/// </summary>
/// <remarks>
/// Properties have the names of <see cref="ImageTrainingOptions"/>, because messages show them, and mean what they mean there. A value that
/// affects the weights is one line here: what is left open comes from the preset or the architecture.
/// </remarks>
/// <param name="options">The options as given, valid.</param>
/// <param name="architecture">Determines the default optimizer and rate.</param>
/// <param name="fineTuning">What is trained.</param>
/// <param name="imageSize">Width and height in pixels of the images that the network is given.</param>
internal sealed class TrainingRecipe(ImageTrainingOptions options, ImageModel architecture, FineTuning fineTuning, int imageSize)
{
    private const double FineTuningDivisor = 10;        // of the rate
    private const double WarmupShare = 0.05;
    private const double OneCycleWarmupShare = 0.3;     // PyTorch's pct_start
    private const double SgdWeightDecay = 5e-4;         // He et al. 2016 and torchvision: 1e-4 for ImageNet, 5e-4 for smaller sets
    private const double AdamWWeightDecay = 0.05;       // taken off times the rate, hence so much larger: Loshchilov and Hutter 2019

    private readonly PresetValues _preset = PresetValues.Of(options.Preset, fineTuning, imageSize);

    public FineTuning FineTuning => fineTuning;

    public string? Weights => options.Weights;

    public string? WeightsKey => options.WeightsKey;

    public bool ReplaceHead => options.ReplaceHead;

    public bool AddClasses => options.AddClasses;

    public int Seed => options.Seed;

    public int BatchSize => options.BatchSize;

    /// <summary>Epochs of the whole network, or of its last blocks; 0 where the head is trained alone.</summary>
    public int Epochs => fineTuning == FineTuning.HeadOnly ? 0 : options.Epochs ?? _preset.Epochs;

    /// <summary>Epochs of the head on its own; 0 where everything is trained at once.</summary>
    public int HeadEpochs => fineTuning switch
    {
        FineTuning.None => 0,
        FineTuning.HeadOnly => options.Epochs ?? _preset.HeadEpochs,
        _ => options.HeadEpochs ?? _preset.HeadEpochs,
    };

    public int HeadViews => options.HeadViews ?? _preset.HeadViews;

    public double HeadLearningRate => options.HeadLearningRate;

    public double HeadWeightDecay => options.HeadWeightDecay;

    public int? UnfrozenBlocks => options.UnfrozenBlocks;

    public double RateDecayPerBlock => options.RateDecayPerBlock;

    public bool FreezeBatchNorm => options.FreezeBatchNorm;

    public int? EarlyStoppingEpochs => options.EarlyStoppingEpochs;

    public TrainingOptimizer Optimizer => options.Optimizer ?? architecture.Optimizer;

    public RateSchedule Schedule => options.Schedule ?? _preset.Schedule;

    public double LearningRate => options.LearningRate
        ?? (architecture.LearningRateOf(Optimizer) / (fineTuning == FineTuning.TwoPhase ? FineTuningDivisor : 1));

    public double WarmupEpochs => options.WarmupEpochs
        ?? (Epochs * (Schedule == RateSchedule.OneCycle ? OneCycleWarmupShare : WarmupShare));

    public double Momentum => options.Momentum;

    public double WeightDecay => options.WeightDecay ?? (Optimizer == TrainingOptimizer.AdamW ? AdamWWeightDecay : SgdWeightDecay);

    public double MaxGradientNorm => options.MaxGradientNorm ?? _preset.MaxGradientNorm;

    public double AverageDecay => options.AverageDecay ?? _preset.AverageDecay;

    public double LabelSmoothing => options.LabelSmoothing ?? _preset.LabelSmoothing;

    /// <summary>Balanced where classes are added: a few remembered images stand for all of a class.</summary>
    public ClassBalance ClassBalance =>
        AddClasses && options.ClassBalance == ClassBalance.None ? ClassBalance.BalancedSampling : options.ClassBalance;

    public TrainingPrecision Precision => options.Precision;

    public AugmentationOptions Augmentation => options.Augmentation ?? _preset.Augmentation;
}
