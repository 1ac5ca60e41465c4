using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Recipe;

/// <summary>The values of a preset: one column of the table in docs/training.md.</summary>
internal sealed record PresetValues
{
    /// <summary>Steps that the head makes on its own at least: the balanced recipe's on 150 photographs. They take moments.</summary>
    public const int LeastHeadSteps = 100;

    private const int LargestSmallImage = 64;
    private const int LeastStepsFromScratch = 300;      // with 120 steps, ResNet-50 gives 197 of 200 photographs of five flowers one class
    private const int LeastStepsOfFineTuning = 50;      // those of the balanced recipe on 150 photographs

    /// <summary>Müller and Hutter 2021, §4, for CIFAR: flips and shifts, TrivialAugment, and a rectangle erased.</summary>
    private static readonly AugmentationOptions StrongForSmallImages = AugmentationOptions.Light with
    {
        TrivialAugment = true,
        RandomErasing = 0.1,
    };

    private static readonly PresetValues Quick = new()
    {
        Epochs = 8,
        HeadEpochs = 10,
        Schedule = RateSchedule.OneCycle,
        Augmentation = AugmentationOptions.Light,
    };

    private static readonly PresetValues Balanced = new()
    {
        Epochs = 20,
        HeadEpochs = 20,
        Augmentation = AugmentationOptions.Standard,
    };

    private static readonly PresetValues Best = new()
    {
        Epochs = 60,
        HeadEpochs = 30,
        HeadViews = 4,
        Augmentation = AugmentationOptions.Strong,
        AverageDecay = 0.9999,
        MaxGradientNorm = 5,
    };

    /// <summary>Epochs of the whole network, or of its last blocks.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps of the whole network, or of its last blocks, that there must be: few images get more epochs.</summary>
    public int LeastSteps { get; init; } = LeastStepsFromScratch;

    /// <summary>Epochs of the head on its own.</summary>
    public required int HeadEpochs { get; init; }

    /// <summary>Views of each image that the head on its own learns from.</summary>
    public int HeadViews { get; init; } = 1;

    /// <summary>How the learning rate changes.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Cosine;

    /// <summary>How images are varied.</summary>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>Probability mass taken from the true class.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Decay of the averaged weights; 0 averages none.</summary>
    public double AverageDecay { get; init; }

    /// <summary>Largest norm of the gradients; 0 leaves them.</summary>
    public double MaxGradientNorm { get; init; }

    /// <summary>
    /// The values of a preset. Pretrained weights need fewer epochs, training only the head costs very little, and small images must not be
    /// cropped much.
    /// </summary>
    public static PresetValues Of(TrainingPreset preset, FineTuning fineTuning, int imageSize)
    {
        var values = (preset, fineTuning) switch
        {
            (TrainingPreset.Quick, FineTuning.TwoPhase) => Quick with { Epochs = 3, LeastSteps = LeastStepsOfFineTuning / 2 },
            (TrainingPreset.Quick, FineTuning.HeadOnly) => Quick with { HeadEpochs = 20 },
            (TrainingPreset.Quick, _) => Quick,
            (TrainingPreset.Best, FineTuning.TwoPhase) => Best with { Epochs = 30, LeastSteps = LeastStepsOfFineTuning },
            (TrainingPreset.Best, FineTuning.HeadOnly) => Best with { HeadEpochs = 60 },
            (TrainingPreset.Best, _) => Best,
            (_, FineTuning.TwoPhase) => Balanced with { Epochs = 10, LeastSteps = LeastStepsOfFineTuning },
            (_, FineTuning.HeadOnly) => Balanced with { HeadEpochs = 40 },
            _ => Balanced,
        };
        return imageSize > LargestSmallImage
            ? values : values with { Augmentation = preset == TrainingPreset.Best ? StrongForSmallImages : AugmentationOptions.Light };
    }
}
