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

        var line = Describe(options, FineTuning.TwoPhase, images: 3_200);

        Assert.Equal(
            "the last layer alone, 3 epochs at up to 0.003; the last 2 blocks, 4 epochs by AdamW at up to 0.0002 (Cosine); the rate " +
            "rises for 20 steps; gradients clipped to 5; "
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

        var line = Describe(options, FineTuning.HeadOnly, images: 3_200);

        Assert.Equal("the last layer alone, 60 epochs at up to 0.003; batches of 32; augmentation: none", line);
    }

    /// <summary>Two steps an epoch: 150 epochs make 300, a twentieth of them is 15.</summary>
    [Fact]
    public void Describe_FewImages_TellsThatThereAreMoreEpochs()
    {
        var line = Describe(
            new ImageTrainingOptions { LabelSmoothing = 0, Augmentation = AugmentationOptions.None }, FineTuning.None, images: 40);

        Assert.Equal(
            "everything, 150 epochs by Sgd at up to 0.05 (Cosine); the rate rises for 20 steps; more epochs than the preset's, because " +
            "few images make few steps; gradients clipped to 1; batches of 32; augmentation: none",
            line);
    }

    private static string Describe(ImageTrainingOptions options, FineTuning fineTuning, int images) =>
        RecipeLog.Describe(new TrainingRecipe(options, ImageModels.Get("resnet50"), fineTuning, imageSize: 224, images));
}
