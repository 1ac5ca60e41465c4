using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights;

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
/// <param name="images">Number of images to learn from: few of them make few steps, and then there are more epochs.</param>
internal sealed class TrainingRecipe(
    ImageTrainingOptions options, ImageModel architecture, FineTuning fineTuning, int imageSize, int images)
{
    private const double FineTuningDivisor = 10;        // of the rate
    private const double WarmupShare = 0.05;
    private const double OneCycleWarmupShare = 0.3;     // PyTorch's pct_start
    private const double MaxGradientNormOfFewImages = 1;    // else ResNet-50's loss rises tenfold on 150 photographs, and NaN comes of four
    private const int LeastWarmupSteps = 20;            // a share of few steps is none, and batch norm's averages take ten steps to settle
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
    public int Epochs => fineTuning == FineTuning.HeadOnly ? 0
        : options.Epochs ?? EpochSteps.AtLeast(_preset.Epochs, _preset.LeastSteps, Steps);

    /// <summary>Epochs of the head on its own; 0 where everything is trained at once.</summary>
    public int HeadEpochs => fineTuning == FineTuning.None ? 0 : HeadEpochsAsked ?? EpochSteps.AtLeast(
        _preset.HeadEpochs, PresetValues.LeastHeadSteps, EpochSteps.Of(images * HeadViews, BatchSize));

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

    /// <summary>A share of the epochs, but at least as many as make a warm-up, and then at most half.</summary>
    public double WarmupEpochs => options.WarmupEpochs ?? Math.Max(
        Epochs * (Schedule == RateSchedule.OneCycle ? OneCycleWarmupShare : WarmupShare),
        Math.Min((double)LeastWarmupSteps / Steps, Epochs / 2.0));

    public double Momentum => options.Momentum;

    public double WeightDecay => options.WeightDecay ?? (Optimizer == TrainingOptimizer.AdamW ? AdamWWeightDecay : SgdWeightDecay);

    public double MaxGradientNorm => options.MaxGradientNorm
        ?? (images < StartLog.FewImages ? MaxGradientNormOfFewImages : _preset.MaxGradientNorm);

    public double AverageDecay => options.AverageDecay ?? _preset.AverageDecay;

    public double LabelSmoothing => options.LabelSmoothing ?? _preset.LabelSmoothing;

    /// <summary>Label smoothing of the head on its own: none unless asked for, because one layer does not memorise labels.</summary>
    public double HeadLabelSmoothing => options.LabelSmoothing ?? 0;

    /// <summary>Balanced where classes are added: a few remembered images stand for all of a class.</summary>
    public ClassBalance ClassBalance =>
        AddClasses && options.ClassBalance == ClassBalance.None ? ClassBalance.BalancedSampling : options.ClassBalance;

    public TrainingPrecision Precision => options.Precision;

    public AugmentationOptions Augmentation => options.Augmentation ?? _preset.Augmentation;

    /// <summary>Steps of an epoch of the network, at least 1.</summary>
    internal int Steps => Math.Max(1, EpochSteps.Of(images, BatchSize));

    /// <summary>Steps in which the rate rises.</summary>
    internal int WarmupSteps => (int)Math.Round(WarmupEpochs * Steps, 6);

    /// <summary>Whether there are more epochs than the preset has, because few images make few steps.</summary>
    internal bool IsLengthened => (fineTuning != FineTuning.HeadOnly && options.Epochs is null && Epochs > _preset.Epochs)
        || (fineTuning != FineTuning.None && HeadEpochsAsked is null && HeadEpochs > _preset.HeadEpochs);

    private int? HeadEpochsAsked => fineTuning == FineTuning.HeadOnly ? options.Epochs : options.HeadEpochs;
}
