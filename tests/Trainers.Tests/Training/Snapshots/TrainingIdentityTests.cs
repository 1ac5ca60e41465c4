using System.Reflection;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Snapshots;
using TorchSharp;

namespace Trainers.Tests.Training.Snapshots;

public sealed class TrainingIdentityTests
{
    [Fact]
    public void Of_Recipe_TellsEveryFactOfIt()
    {
        var identity = Identity(new ImageTrainingOptions());

        Assert.All(
            typeof(TrainingRecipe).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            fact => Assert.Contains(identity.Keys, key => key == fact.Name || key.StartsWith($"{fact.Name}.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Optimizer", "AdamW")]
    [InlineData("LearningRate", "0.25")]
    [InlineData("UnfrozenBlocks", "not given")]
    [InlineData("FreezeBatchNorm", "True")]
    [InlineData("the list of classes", "tulip, rose")]
    public void Of_Fact_IsInWordsOfNoCulture(string name, string value)
    {
        var identity = Identity(new ImageTrainingOptions { Optimizer = TrainingOptimizer.AdamW, LearningRate = 0.25 });

        Assert.Equal(value, identity[name]);
    }

    /// <summary>A preset is the same training as its values.</summary>
    [Fact]
    public void Of_SameRecipeByOtherOptions_IsTheSame()
    {
        var preset = Identity(new ImageTrainingOptions { Preset = TrainingPreset.Balanced });
        var values = Identity(new ImageTrainingOptions { Epochs = 20, LearningRate = 0.05, Schedule = RateSchedule.Cosine });

        Assert.Equal(preset, values);
    }

    [Fact]
    public void Of_OtherRememberedFeatures_IsAnother() => Assert.NotEqual(
        Identity(new ImageTrainingOptions(), new FeatureRows([0], [1, 2])),
        Identity(new ImageTrainingOptions(), new FeatureRows([0], [1, 3])));

    private static IReadOnlyDictionary<string, string> Identity(ImageTrainingOptions options, FeatureRows? remembered = null)
    {
        var pixels = new PixelSet(1, [[0, 0, 0], [1, 1, 1]], [0, 1]);
        var images = new BatchSource(pixels, 2, new ImagePreprocessing(1, 1, Normalization.ImageNet), torch.CPU);
        return TrainingIdentity.Of(
            "resnet20", new TrainingRecipe(options, ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32, images: 10_000),
            ["tulip", "rose"], images, images, remembered ?? FeatureRows.None);
    }
}
