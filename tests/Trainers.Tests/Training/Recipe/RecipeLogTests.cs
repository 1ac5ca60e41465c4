using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Recipe;

namespace Trainers.Tests.Training.Recipe;

public sealed class RecipeLogTests
{
    [Fact]
    public void Describe_TwoPhases_TellsBothInOrder()
    {
        var options = new ImageTrainingOptions
        {
            HeadEpochs = 3,
            Epochs = 4,
            UnfrozenBlocks = 2,
            Optimizer = TrainingOptimizer.AdamW,
            AverageDecay = 0.99,
            MaxGradientNorm = 5,
            ClassBalance = ClassBalance.WeightedLoss,
            Augmentation = AugmentationOptions.None,
        };

        var line = RecipeLog.Describe(new TrainingRecipe(options, ImageModels.Get("resnet50"), FineTuning.TwoPhase, imageSize: 224, images: 10_000));

        Assert.Equal(
            "the last layer alone, 3 epochs at up to 0.01; the last 2 blocks, 4 epochs by AdamW at up to 0.0002 (Cosine); gradients " +
            "clipped to 5; "
            + "weights averaged with 0.99; classes balanced by WeightedLoss; labels smoothed by 0.1; batches of 32; augmentation: none",
            line);
    }

    [Fact]
    public void Describe_HeadOnly_TellsNothingOfTheRest()
    {
        var options = new ImageTrainingOptions
        {
            Preset = TrainingPreset.Best,
            LabelSmoothing = 0,
            Augmentation = AugmentationOptions.None,
        };

        var line = RecipeLog.Describe(new TrainingRecipe(options, ImageModels.Get("resnet50"), FineTuning.HeadOnly, imageSize: 224, images: 10_000));

        Assert.Equal("the last layer alone, 60 epochs at up to 0.01; batches of 32; augmentation: none", line);
    }
}
