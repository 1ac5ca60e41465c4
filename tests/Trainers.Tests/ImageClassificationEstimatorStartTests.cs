using Microsoft.Extensions.Logging;
using Microsoft.ML;
using MLVision.MLNetExtensions;
using MLVision.Trainers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Published;
using Trainers.Tests.Weights.Onnx;

namespace Trainers.Tests;

/// <summary>What a training starts from if the architecture, the weights, or both are left open.</summary>
public sealed class ImageClassificationEstimatorStartTests(FittedClassifier fitted) : IClassFixture<FittedClassifier>, IDisposable
{
    private readonly TinyImages _images = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _images.Dispose();

    private ImageTrainingOptions Options => TinyImages.Options with { ImageSize = null, Logger = _logger };

    private IEnumerable<string> Hints => _logger.Lines.Select(line => line.Message).Where(
        message => message.StartsWith("No weights are named", StringComparison.Ordinal));

    private IEnumerable<string> Warnings => _logger.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Message);

    [Fact]
    public void Fit_NothingNamed_TrainsResNetFromImageNetInTwoPhases()
    {
        var options = Options with { ImageSize = 64, HeadEpochs = 1 };

        using var model = _images.ML.Transforms.ImageClassifier(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet18_mlnet", model.Metadata.Architecture);
        Assert.Equal(2, model.History.Count);
        Assert.Contains(_logger.Lines, line => line.Message.StartsWith("These are the published imagenet_mlnet", StringComparison.Ordinal));
        Assert.Empty(Hints);
        Assert.DoesNotContain(Warnings, warning => warning.Contains("random weights", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public void Fit_NoWeightsAsked_TrainsTheSameNetworkFromRandomOnes(string none)
    {
        var options = Options with { ImageSize = 32, Weights = none };

        using var model = _images.ML.Transforms.ImageClassifier(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet18_mlnet", model.Metadata.Architecture);
        Assert.Single(model.History);
        Assert.DoesNotContain(_logger.Lines, line => line.Message.StartsWith("These are the published", StringComparison.Ordinal));
        Assert.Empty(Hints);
    }

    [Fact]
    public void ImageClassifier_HeadOfRandomWeights_IsRefused()
    {
        var options = Options with { Weights = "none", FineTuning = FineTuning.HeadOnly };

        var error = Assert.Throws<OptionOutOfRangeException>(() => _images.ML.Transforms.ImageClassifier(options));

        Assert.Contains("None if no Weights are given", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.zip")]
    [InlineData("weights.safetensors")]
    public void Fit_OwnFileWithoutArchitecture_IsOfItsArchitecture(string name)
    {
        using var model = _images.ML.Transforms.ImageClassifier(Options with { Weights = Save(name) })
            .Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal(("resnet20", TinyImages.Size), (model.Metadata.Architecture, model.Metadata.ImageSize));
    }

    /// <summary>A copy under another name is told by its content, as where the architecture is named.</summary>
    [Fact]
    public void Fit_PackagesFileWithoutArchitecture_IsRecognized()
    {
        var copy = Path.Combine(_images.Files.Folder, "copy.onnx");
        File.Copy(FeaturizerFile.Path, copy);
        var options = Options with { ImageSize = 64, FineTuning = FineTuning.HeadOnly, Weights = copy };

        using var model = _images.ML.Transforms.ImageClassifier(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet18_mlnet", model.Metadata.Architecture);
    }

    [Fact]
    public void Fit_FileThatDoesNotSayItsArchitecture_AsksForIt()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Fixtures", "checkpoints", "company.pth");

        var error = Assert.Throws<WeightMismatchException>(() => Fit(file));

        Assert.Equal($"The weights in '{file}' do not say which architecture they are of: name it (--arch).", error.Message);
    }

    [Fact]
    public void Fit_NameOfSeveralWeights_AsksForTheArchitecture()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => Fit("cifar10"));

        Assert.Equal(
            "There are weights 'cifar10' for 5 architectures (resnet20, resnet32, resnet44 and so on): name the architecture (--arch).",
            error.Message);
        Assert.Empty(error.Known);
    }

    [Fact]
    public void Fit_UnknownName_SaysSo()
    {
        var error = Assert.Throws<UnknownWeightsException>(() => Fit("imagenet2k"));

        Assert.StartsWith("Unknown weights 'imagenet2k': there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OptionsOfAFamilyWithoutName_TrainsTheirArchitecture()
    {
        var options = new ResNetOptions
        {
            Depth = 20,
            ImageSize = TinyImages.Size,
            Epochs = 1,
            BatchSize = 4,
            ValidationFraction = 0,
        };

        using var model = _images.ML.Transforms.ImageClassifier(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal("resnet20", model.Metadata.Architecture);
    }

    [Fact]
    public void Fit_ArchitectureWithoutWeights_HintsAtThemAndWarns()
    {
        using var model = _images.Classifier(Options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Contains("name them as Weights (--weights): cifar10; a file", Assert.Single(Hints), StringComparison.Ordinal);
        Assert.Contains(
            Warnings,
            warning => warning.StartsWith("resnet20 starts from random weights and has only 12 images", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_ArchitectureAndNoWeightsAsked_OnlyWarns()
    {
        using var model = _images.Classifier(Options with { Weights = "none" }).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Empty(Hints);
        Assert.Contains(Warnings, warning => warning.Contains("random weights", StringComparison.Ordinal));
    }

    /// <summary>Twelve images of three colours, with the schedule left open: it must make enough steps to tell them apart.</summary>
    [Fact]
    public void Fit_FewImagesFromScratch_DoesNotGiveOneAnswerForAll()
    {
        var view = _images.Labelled(TinyImages.Labels);

        using var model = _images.Classifier(Options with { ImageSize = TinyImages.Size, Epochs = null }).Fit(view);

        Assert.Equal(100, model.History.Count);     // 300 steps by three an epoch, where the preset has 20 epochs
        Assert.Equal(3, TinyImages.PredictedKeys(model, view).Distinct().Count());
    }

    [Fact]
    public void Fit_ClassesOfFewImages_NamesThem()
    {
        string[] labels = [.. Enumerable.Repeat("oak", 10), "elm", "elm", "ash"];

        using var model = _images.Classifier(Options).Fit(_images.Labelled(labels));

        Assert.Contains(
            "Classes with fewer than 10 images: elm (2), ash (1). The model will confuse them easily; nothing helps as much as more " +
            "images of them.",
            Warnings);
    }

    private void Fit(string weights) =>
        _images.ML.Transforms.ImageClassifier(Options with { Weights = weights }).Fit(_images.Labelled(TinyImages.Labels));

    private string Save(string name)
    {
        var path = Path.Combine(_images.Files.Folder, name);
        switch (Path.GetExtension(name))
        {
            case ".onnx":
                fitted.Model.SaveOnnx(path);
                break;
            case ".zip":
                _images.ML.Model.Save(fitted.Model, fitted.View.Schema, path);
                break;
            default:
                fitted.Model.SaveWeights(path);
                break;
        }

        return path;
    }
}
