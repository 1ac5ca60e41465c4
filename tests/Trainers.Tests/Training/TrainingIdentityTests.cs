using System.Reflection;
using TorchSharp;
using Trainers.Models;
using Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class TrainingIdentityTests
{
    [Fact]
    public void Of_Recipe_TellsEveryFactOfIt()
    {
        var identity = Identity(new ImageClassifierOptions());

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
        var identity = Identity(new ImageClassifierOptions { Optimizer = TrainingOptimizer.AdamW, LearningRate = 0.25 });

        Assert.Equal(value, identity[name]);
    }

    /// <summary>A preset is the same training as its values.</summary>
    [Fact]
    public void Of_SameRecipeByOtherOptions_IsTheSame()
    {
        var preset = Identity(new ImageClassifierOptions { Preset = TrainingPreset.Balanced });
        var values = Identity(new ImageClassifierOptions { Epochs = 20, LearningRate = 0.05, Schedule = RateSchedule.Cosine });

        Assert.Equal(preset, values);
    }

    private static IReadOnlyDictionary<string, string> Identity(ImageClassifierOptions options)
    {
        var pixels = new PixelSet(1, [[0, 0, 0], [1, 1, 1]], [0, 1]);
        var images = new BatchSource(pixels, 2, new Preprocessing(1, 1, Normalization.ImageNet), torch.CPU);
        return TrainingIdentity.Of("resnet20", TrainingRecipe.Of(options, ImageModels.Get("resnet20"), FineTuning.None), ["tulip", "rose"], images, images);
    }
}
