using System.Reflection;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Recipe;

namespace Trainers.Tests.Training.Recipe;

public sealed class TrainingRecipeTests
{
    /// <summary>
    /// Options that decide where data comes from and goes to, or what computes, or that the identity tells by the data itself.
    /// </summary>
    private static readonly string[] NoFacts =
    [
        nameof(ImageTrainingOptions.LabelColumnName), nameof(ImageTrainingOptions.ImageColumnName), nameof(ImageTrainingOptions.ImageSize),
        nameof(ImageTrainingOptions.ScoreColumnName), nameof(ImageTrainingOptions.PredictedLabelColumnName),
        nameof(ImageTrainingOptions.ResizeSize), nameof(ImageTrainingOptions.Mean), nameof(ImageTrainingOptions.StandardDeviation),
        nameof(ImageTrainingOptions.IgnoreOrientation), nameof(ImageTrainingOptions.ValidationFraction),
        nameof(ImageTrainingOptions.Preset), nameof(ImageTrainingOptions.Outputs),
        nameof(ImageTrainingOptions.FitTemperature),
        nameof(ImageTrainingOptions.CheckpointPath), nameof(ImageTrainingOptions.Resume), nameof(ImageTrainingOptions.Device),
        nameof(ImageTrainingOptions.ChannelsLast), nameof(ImageTrainingOptions.Threads), nameof(ImageTrainingOptions.KeepFreedMemory),
        nameof(ImageTrainingOptions.PixelMemoryMegabytes), nameof(ImageTrainingOptions.MaxSkippedImages),
        nameof(ImageTrainingOptions.Progress), nameof(ImageTrainingOptions.EpochProgress),
        nameof(ImageTrainingOptions.Mean), nameof(ImageTrainingOptions.StandardDeviation), nameof(ImageTrainingOptions.DownloadProgress),
        nameof(ImageTrainingOptions.ClassMemoryPath), nameof(ImageTrainingOptions.RememberedImages),
        nameof(ImageTrainingOptions.Logger), nameof(ImageTrainingOptions.CancellationToken),
    ];

    [Fact]
    public void Of_EveryOption_IsAFactOrKnownToBeNone()
    {
        var facts = Names(typeof(TrainingRecipe));

        var forgotten = Names(typeof(ImageTrainingOptions)).Except(facts).Except(NoFacts);

        Assert.Empty(forgotten);
    }

    [Theory]
    [InlineData(false, ClassBalance.None, ClassBalance.None)]
    [InlineData(true, ClassBalance.None, ClassBalance.BalancedSampling)]
    [InlineData(true, ClassBalance.WeightedLoss, ClassBalance.WeightedLoss)]
    public void ClassBalance_AddedClasses_AreBalancedInAnyCase(bool addClasses, ClassBalance asked, ClassBalance expected) =>
        Assert.Equal(expected, Recipe(new ImageTrainingOptions { AddClasses = addClasses, ClassBalance = asked }).ClassBalance);

    /// <summary>The table in docs/training.md.</summary>
    [Theory]
    [InlineData(TrainingPreset.Quick, FineTuning.None, 0, 8, RateSchedule.OneCycle, 2.4)]
    [InlineData(TrainingPreset.Balanced, FineTuning.None, 0, 20, RateSchedule.Cosine, 1)]
    [InlineData(TrainingPreset.Best, FineTuning.None, 0, 60, RateSchedule.Cosine, 3)]
    [InlineData(TrainingPreset.Quick, FineTuning.TwoPhase, 10, 3, RateSchedule.OneCycle, 0.9)]
    [InlineData(TrainingPreset.Balanced, FineTuning.TwoPhase, 20, 10, RateSchedule.Cosine, 0.5)]
    [InlineData(TrainingPreset.Best, FineTuning.TwoPhase, 30, 30, RateSchedule.Cosine, 1.5)]
    [InlineData(TrainingPreset.Quick, FineTuning.HeadOnly, 20, 0, RateSchedule.OneCycle, 0)]
    [InlineData(TrainingPreset.Balanced, FineTuning.HeadOnly, 40, 0, RateSchedule.Cosine, 0)]
    [InlineData(TrainingPreset.Best, FineTuning.HeadOnly, 60, 0, RateSchedule.Cosine, 0)]
    public void Of_Preset_DecidesEpochsAndSchedule(
        TrainingPreset preset, FineTuning fineTuning, int headEpochs, int epochs, RateSchedule schedule, double warmupEpochs)
    {
        var recipe = Recipe(new ImageTrainingOptions { Preset = preset }, fineTuning: fineTuning);

        Assert.Equal((headEpochs, epochs, schedule), (recipe.HeadEpochs, recipe.Epochs, recipe.Schedule));
        Assert.Equal(warmupEpochs, recipe.WarmupEpochs, 1e-12);
    }

    [Theory]
    [InlineData(TrainingPreset.Quick, 0, 0, 1)]
    [InlineData(TrainingPreset.Balanced, 0, 0, 1)]
    [InlineData(TrainingPreset.Best, 0.9999, 5, 4)]
    public void Of_Preset_DecidesAverageClippingAndViews(TrainingPreset preset, double averageDecay, double maxGradientNorm, int headViews)
    {
        var recipe = Recipe(new ImageTrainingOptions { Preset = preset });

        Assert.Equal((averageDecay, maxGradientNorm, headViews), (recipe.AverageDecay, recipe.MaxGradientNorm, recipe.HeadViews));
    }

    [Fact]
    public void Of_Preset_DecidesAugmentationByImageSize()
    {
        AugmentationOptions Augmentation(TrainingPreset preset, string architecture, int? imageSize = null) =>
            Recipe(new ImageTrainingOptions { Preset = preset }, architecture, imageSize: imageSize).Augmentation;

        Assert.Equal(AugmentationOptions.Light, Augmentation(TrainingPreset.Quick, "resnet50"));
        Assert.Equal(AugmentationOptions.Standard, Augmentation(TrainingPreset.Balanced, "resnet50"));
        Assert.Equal(AugmentationOptions.Strong, Augmentation(TrainingPreset.Best, "resnet50"));
        Assert.Equal(AugmentationOptions.Light, Augmentation(TrainingPreset.Balanced, "resnet20"));
        Assert.Equal(AugmentationOptions.Light, Augmentation(TrainingPreset.Balanced, "resnet50", imageSize: 64));
        Assert.Equal(
            AugmentationOptions.Light with { TrivialAugment = true, RandomErasing = 0.1 }, Augmentation(TrainingPreset.Best, "resnet20"));
    }

    [Fact]
    public void Of_NothingAsked_IsBalanced() =>
        Assert.Equivalent(Recipe(new ImageTrainingOptions { Preset = TrainingPreset.Balanced }), Recipe(new ImageTrainingOptions()));

    [Fact]
    public void Of_OptionsAsked_OverrideThePreset()
    {
        var recipe = Recipe(new ImageTrainingOptions
        {
            Preset = TrainingPreset.Best,
            Epochs = 5,
            HeadEpochs = 6,
            HeadViews = 2,
            Optimizer = TrainingOptimizer.AdamW,
            Schedule = RateSchedule.Step,
            LearningRate = 0.02,
            WarmupEpochs = 0,
            WeightDecay = 0,
            MaxGradientNorm = 0,
            AverageDecay = 0,
            LabelSmoothing = 0,
            Augmentation = AugmentationOptions.None,
        }, fineTuning: FineTuning.TwoPhase);

        Assert.Equal((5, 6, 2), (recipe.Epochs, recipe.HeadEpochs, recipe.HeadViews));
        Assert.Equal((TrainingOptimizer.AdamW, RateSchedule.Step), (recipe.Optimizer, recipe.Schedule));
        Assert.Equal((0.02, 0.0, 0.0), (recipe.LearningRate, recipe.WarmupEpochs, recipe.WeightDecay));
        Assert.Equal((0.0, 0.0, 0.0), (recipe.MaxGradientNorm, recipe.AverageDecay, recipe.LabelSmoothing));
        Assert.Equal(AugmentationOptions.None, recipe.Augmentation);
    }

    /// <summary>Steps of an epoch at a batch of 32: 150 images make 5, 40 make 2, 33 make 1 because one image is left over.</summary>
    [Theory]
    [InlineData(TrainingPreset.Balanced, FineTuning.None, 150, 0, 60)]          // 300 steps
    [InlineData(TrainingPreset.Balanced, FineTuning.None, 33, 0, 300)]
    [InlineData(TrainingPreset.Quick, FineTuning.None, 2_000, 0, 8)]            // 63 steps each: 504
    [InlineData(TrainingPreset.Balanced, FineTuning.TwoPhase, 150, 20, 10)]     // the preset's own: 100 and 50 steps
    [InlineData(TrainingPreset.Balanced, FineTuning.TwoPhase, 40, 50, 25)]
    [InlineData(TrainingPreset.Quick, FineTuning.TwoPhase, 40, 50, 13)]         // 26 steps, of which 25 are asked for
    [InlineData(TrainingPreset.Best, FineTuning.TwoPhase, 40, 30, 30)]          // four views make eight steps of the head
    [InlineData(TrainingPreset.Balanced, FineTuning.HeadOnly, 40, 50, 0)]
    public void Of_FewImages_MakesMoreEpochs(TrainingPreset preset, FineTuning fineTuning, int images, int headEpochs, int epochs)
    {
        var recipe = Recipe(new ImageTrainingOptions { Preset = preset }, fineTuning: fineTuning, images: images);

        Assert.Equal((headEpochs, epochs), (recipe.HeadEpochs, recipe.Epochs));
    }

    [Theory]
    [InlineData(FineTuning.None, 0, 3)]
    [InlineData(FineTuning.TwoPhase, 4, 3)]
    [InlineData(FineTuning.HeadOnly, 3, 0)]
    public void Of_FewImagesAndEpochsAsked_ObeysThem(FineTuning fineTuning, int headEpochs, int epochs)
    {
        var recipe = Recipe(new ImageTrainingOptions { Epochs = 3, HeadEpochs = 4 }, fineTuning: fineTuning, images: 40);

        Assert.Equal((headEpochs, epochs), (recipe.HeadEpochs, recipe.Epochs));
    }

    /// <summary>A twentieth, or three tenths, of the steps; at least 20, unless that is more than half.</summary>
    [Theory]
    [InlineData(RateSchedule.Cosine, 20, 150, 20)]       // of 100 steps
    [InlineData(RateSchedule.Cosine, 20, 1_600, 50)]     // of 1,000
    [InlineData(RateSchedule.Cosine, 3, 150, 7)]         // of 15
    [InlineData(RateSchedule.OneCycle, 8, 150, 20)]      // of 40
    [InlineData(RateSchedule.OneCycle, 20, 150, 30)]     // of 100
    public void WarmupSteps_NothingAsked_AreAShareButAtLeastTwenty(RateSchedule schedule, int epochs, int images, int steps) =>
        Assert.Equal(steps, Recipe(new ImageTrainingOptions { Schedule = schedule, Epochs = epochs }, images: images).WarmupSteps);

    [Theory]
    [InlineData(FineTuning.None, 999, null, 1)]
    [InlineData(FineTuning.None, 999, 3.0, 3)]
    [InlineData(FineTuning.None, 1_000, null, 0)]
    [InlineData(FineTuning.TwoPhase, 999, null, 1)]
    [InlineData(FineTuning.TwoPhase, 1_000, null, 0)]
    public void MaxGradientNorm_FewImages_IsOne(FineTuning fineTuning, int images, double? asked, double norm) =>
        Assert.Equal(
            norm, Recipe(new ImageTrainingOptions { MaxGradientNorm = asked }, fineTuning: fineTuning, images: images).MaxGradientNorm);

    [Fact]
    public void WarmupSteps_Asked_AreObeyed() =>
        Assert.Equal(2, Recipe(new ImageTrainingOptions { WarmupEpochs = 0.4, Epochs = 20 }, images: 150).WarmupSteps);

    [Fact]
    public void Of_HeadOnly_TakesEpochsForTheHead()
    {
        var recipe = Recipe(new ImageTrainingOptions { Epochs = 7, HeadEpochs = 3 }, fineTuning: FineTuning.HeadOnly);

        Assert.Equal((7, 0), (recipe.HeadEpochs, recipe.Epochs));
    }

    /// <summary>From scratch the architecture's rate for the optimizer; after the head a tenth of it.</summary>
    [Theory]
    [InlineData("resnet50", TrainingOptimizer.Sgd, FineTuning.None, 0.05, 5e-4)]
    [InlineData("resnet50", TrainingOptimizer.AdamW, FineTuning.None, 2e-3, 0.05)]
    [InlineData("resnet50", TrainingOptimizer.Sgd, FineTuning.TwoPhase, 0.005, 5e-4)]
    [InlineData("resnet50", TrainingOptimizer.AdamW, FineTuning.TwoPhase, 2e-4, 0.05)]
    [InlineData("vgg16", TrainingOptimizer.Sgd, FineTuning.None, 0.01, 5e-4)]
    [InlineData("vgg16", TrainingOptimizer.AdamW, FineTuning.None, 1e-4, 0.05)]
    public void Of_Optimizer_DecidesRateAndDecay(
        string architecture, TrainingOptimizer optimizer, FineTuning fineTuning, double learningRate, double weightDecay)
    {
        var recipe = Recipe(new ImageTrainingOptions { Optimizer = optimizer }, architecture, fineTuning);

        Assert.Equal(learningRate, recipe.LearningRate, 1e-12);
        Assert.Equal(weightDecay, recipe.WeightDecay);
    }

    [Theory]
    [InlineData("resnet50", TrainingOptimizer.Sgd)]
    [InlineData("efficientnet_b0", TrainingOptimizer.AdamW)]
    public void Of_NoOptimizerAsked_TakesTheArchitectures(string architecture, TrainingOptimizer expected) =>
        Assert.Equal(expected, Recipe(new ImageTrainingOptions(), architecture).Optimizer);

    private static TrainingRecipe Recipe(
        ImageTrainingOptions options, string architecture = "resnet20", FineTuning fineTuning = FineTuning.None, int? imageSize = null,
        int images = 10_000) =>
        new TrainingRecipe(
            options, ImageModels.Get(architecture), fineTuning, imageSize ?? ImageModels.Get(architecture).ImageSize, images);

    private static IEnumerable<string> Names(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
}
