using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers;

namespace Trainers.Tests;

public sealed class TrainersCatalogTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void ResNet_Options_TrainsThatDepth()
    {
        var options = new ResNetOptions
        {
            Depth = 20,
            ImageSize = 8,
            Epochs = 1,
            BatchSize = 4,
            ValidationFraction = 0,
            Device = ComputeDevice.Cpu,
        };

        using var model = _images.ML.MulticlassClassification.Trainers.ResNet(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet20", model.Metadata.Architecture);
        Assert.Equal(8, model.Metadata.ImageSize);
    }

    [Fact]
    public void ResNet_ColumnNames_AreTheOnesLookedFor()
    {
        var classifier = _images.ML.MulticlassClassification.Trainers.ResNet(labelColumnName: "Class", imageColumnName: "Picture");

        var error = Assert.Throws<ColumnMismatchException>(() => classifier.Fit(_images.Labelled(TinyImages.Labels)));

        Assert.StartsWith("The data has no column 'Class'; it has ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResNet_NullOptions_Throws() =>
        Assert.Throws<ArgumentNullException>(() => _images.ML.MulticlassClassification.Trainers.ResNet(null!));

    [Theory]
    [InlineData("resnet20")]
    [InlineData("ResNet20")]
    public void ImageClassifier_NameInAnyCase_TrainsThatArchitecture(string name)
    {
        using var model = _images.ML.Transforms.ImageClassifier(name, TinyImages.Options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet20", model.Metadata.Architecture);
    }

    [Fact]
    public void ImageClassifier_OptionsOfAnotherArchitecture_NamesBothAndTheRemedies()
    {
        var error = Assert.Throws<ArgumentException>(
            () => _images.ML.Transforms.ImageClassifier("resnet50", new ResNetOptions { Depth = 18 }));

        Assert.StartsWith(
            "ResNetOptions are options of resnet18, but the architecture asked for is resnet50. Leave the name to the options by " +
            "Trainers.ResNet(options), or give ImageTrainingOptions, which any architecture takes.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageClassifier_OptionsOfAnotherFamily_Throws() =>
        Assert.Throws<ArgumentException>(() => _images.ML.Transforms.ImageClassifier("resnet20", new AlexNetOptions()));

    [Theory]
    [InlineData("resnet18")]
    [InlineData("ResNet18")]
    public void ImageClassifier_OptionsOfTheSameArchitecture_AreTaken(string name)
    {
        var error = Record.Exception(() => _images.ML.Transforms.ImageClassifier(name, new ResNetOptions { Depth = 18 }));

        Assert.Null(error);
    }

    [Fact]
    public void ImageClassifier_EmptyName_Throws() => Assert.Throws<ArgumentException>(() => _images.ML.Transforms.ImageClassifier(""));
}
