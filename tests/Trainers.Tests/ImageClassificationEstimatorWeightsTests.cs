using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using Trainers.Tests.Weights.Files;

namespace Trainers.Tests;

/// <summary>Training that starts from weights in a file.</summary>
public sealed class ImageClassificationEstimatorWeightsTests(FittedClassifier fitted) : IClassFixture<FittedClassifier>, IDisposable
{
    private readonly TinyImages _images = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _images.Dispose();

    /// <summary>Steps too small to change a weight of float32 show what the training started from.</summary>
    private ImageTrainingOptions StandingStill => TinyImages.Options with
    {
        ImageSize = null,
        FineTuning = FineTuning.None,
        LearningRate = 1e-20,
        Logger = _logger,
        Seed = 9,
    };

    private IEnumerable<string> Messages => _logger.Lines.Select(line => line.Message);

    [Fact]
    public void Fit_WeightsOfAnotherModel_StartsFromThem()
    {
        var first = Save(fitted.Model);

        using var model = _images.Classifier(StandingStill with { Weights = first }).Fit(_images.Labelled(TinyImages.Labels));

        AssertSameWeights(first, Save(model), except: "nothing");
        Assert.Equal(TinyImages.Size, model.Metadata.ImageSize);    // the weights' own, though resnet20's is 32
        Assert.DoesNotContain(Messages, message => message.Contains("egun anew", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.zip")]
    public void Fit_OwnModel_GoesOnFromIt(string name)
    {
        var first = SaveModel(name);

        using var model = _images.Classifier(StandingStill with { Weights = first }).Fit(_images.Labelled(TinyImages.Labels));

        AssertSameWeights(first, Save(model), except: "nothing");
        Assert.Equal(TinyImages.Size, model.Metadata.ImageSize);
        Assert.Contains(
            "The weights' last layer knows the classes tulip, rose, daisy: the same as here, so it goes on as it is.", Messages);
    }

    /// <summary>One class goes, one comes, and the others stand elsewhere.</summary>
    [Fact]
    public void Fit_OwnModelForOtherClasses_KeepsTheRowsOfThoseThatBothHave()
    {
        var view = _images.Labelled(["rose", "iris", "tulip", "rose", "iris", "tulip"]);

        using var model = _images.Classifier(StandingStill with { Weights = SaveModel("model.zip") }).Fit(view);

        using var before = WeightsFile.Open(Save(fitted.Model));
        using var after = WeightsFile.Open(Save(model));
        var known = before.Tensors["fc.weight"].Values().Chunk(64).ToList();
        var learnt = after.Tensors["fc.weight"].Values().Chunk(64).ToList();
        Assert.Equal(["rose", "iris", "tulip"], model.Labels);
        Assert.Equal(known[1], learnt[0]);
        Assert.Equal(known[0], learnt[2]);
        Assert.All(known, row => Assert.NotEqual(row, learnt[1]));
        Assert.Contains(
            "The weights' last layer knows the classes tulip, rose, daisy: kept for rose, tulip, begun anew for iris, dropped for " +
            "daisy.",
            Messages);
    }

    [Fact]
    public void Fit_OwnModelOfAnotherArchitecture_SaysWhichItIs()
    {
        var first = SaveModel("model.onnx");
        var classifier = _images.ML.Transforms.ImageClassifier("resnet32", StandingStill with { Weights = first });

        var error = Assert.Throws<WeightMismatchException>(() => classifier.Fit(_images.Labelled(TinyImages.Labels)));

        Assert.Equal($"The model '{first}' is of the architecture resnet20, not resnet32: go on with resnet20.", error.Message);
    }

    [Fact]
    public void Fit_OwnModelWithoutACommonClass_IsRefused()
    {
        var first = SaveModel("model.zip");
        var view = _images.Labelled(["a", "b", "a", "b"]);

        var error = Assert.Throws<WeightMismatchException>(() => _images.Classifier(StandingStill with { Weights = first }).Fit(view));

        Assert.Equal(
            $"The model '{first}' knows the classes tulip, rose, daisy, and the images are of a, b, none of them: name the classes " +
            "alike, or set ReplaceHead for a new last layer.",
            error.Message);
    }

    [Fact]
    public void Fit_OwnModelWithoutACommonClassAndANewHead_IsAStart()
    {
        var first = SaveModel("model.onnx");

        using var model = _images.Classifier(StandingStill with { Weights = first, ReplaceHead = true })
            .Fit(_images.Labelled(["a", "b", "a", "b"]));

        AssertSameWeights(first, Save(model), except: "fc.");
    }

    [Fact]
    public void Fit_WeightsForOtherClasses_ReplacesTheHeadAndSaysSo()
    {
        var first = Save(fitted.Model);
        var view = _images.Labelled(["a", "b", "c", "d", "e", "a", "b", "c", "d", "e"]);

        using var model = _images.Classifier(StandingStill with { Weights = first }).Fit(view);

        Assert.Equal(["a", "b", "c", "d", "e"], model.Labels);
        AssertSameWeights(first, Save(model), except: "fc.");
        Assert.Equal([5, 64], Shape(Save(model), "fc.weight"));
        Assert.Contains("Begun anew, not taken from the weights: fc.", Messages);
    }

    [Fact]
    public void Fit_WeightsOfAnotherArchitecture_IsRefusedBeforeAnyImageIsRead()
    {
        var progress = new RecordingProgress();
        var options = TinyImages.Options with { Weights = Save(fitted.Model), MaxSkippedImages = 0, Progress = progress };
        var view = _images.Labelled(TinyImages.Labels);
        foreach (var image in Directory.GetFiles(_images.Files.Folder, "*.png"))
        {
            File.Delete(image);
        }

        var error = Assert.Throws<WeightMismatchException>(() => _images.ML.Transforms.ImageClassifier("resnet32", options).Fit(view));

        Assert.EndsWith("They fit resnet20.", error.Message, StringComparison.Ordinal);
        Assert.Empty(progress.Reports);
    }

    [Fact]
    public void Fit_WeightsThatRunCode_IsRefused()
    {
        var options = TinyImages.Options with { Weights = CheckpointFiles.Find("evil-system.pth") };

        Assert.Throws<WeightsFileException>(() => _images.Classifier(options).Fit(_images.Labelled(TinyImages.Labels)));
    }

    [Fact]
    public void Fit_BlankWeights_IsRefusedAtOnce()
    {
        var options = TinyImages.Options with { Weights = " " };

        Assert.Throws<OptionOutOfRangeException>(nameof(options.Weights), () => _images.Classifier(options));
    }

    [Fact]
    public void Fit_ResizeSize_WritesALargerInputWhoseCentreIsCutOut()
    {
        using var model = _images.Classifier(Cropped).Fit(_images.Labelled(TinyImages.Labels));

        var onnx = SaveOnnx(model);
        using var session = new InferenceSession(onnx);
        var (_, metadata) = ClassifierModel.Load(onnx);
        Assert.Equal([-1, 12, 12, 3], session.InputMetadata[ClassifierModel.Pixels].Dimensions);
        Assert.Equal((12, 8), (metadata.ImageSize, metadata.CropSize));
        Assert.True(double.IsFinite(model.History[^1].Loss));
    }

    [Fact]
    public void Fit_ResizeSize_LearnsTheClasses()
    {
        // The classes differ in their main colour, which ten epochs of three steps suffice for; chance is a third.
        using var model = _images.Classifier(Cropped with { Epochs = 10 }).Fit(_images.Labelled(TinyImages.Labels));

        Assert.InRange(model.History[^1].Accuracy, 0.9, 1);
    }

    [Fact]
    public void Save_ModelWithResizeSize_ScoresAsTheFittedOneDoes()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var model = _images.Classifier(Cropped).Fit(view);
        var zip = Path.Combine(_images.Files.Folder, "model.zip");

        _images.ML.Model.Save(model, view.Schema, zip);

        var loaded = new MLContext(seed: 2).Model.Load(zip, out _);
        Assert.Equal(TinyImages.Scores(model, view), TinyImages.Scores(loaded, view));
    }

    [Fact]
    public void Fit_WeightsOfAModelWithResizeSize_TakesItsSizes()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var first = _images.Classifier(Cropped).Fit(view);

        using var model = _images.Classifier(StandingStill with { Weights = Save(first) }).Fit(view);

        Assert.Equal((12, 8), (model.Metadata.ImageSize, model.Metadata.CropSize));
    }

    [Theory]
    [InlineData(12, 8)]     // as the weights' images: their centre is seen
    [InlineData(10, 10)]    // of another size: seen whole
    public void Fit_PixelVectorWithWeights_KeepsItsSize(int size, int expectedCrop)
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var first = _images.Classifier(Cropped).Fit(view);
        var pixels = Pixels(view, size);

        using var model = _images.Classifier(StandingStill with { Weights = Save(first) }).Fit(pixels);

        Assert.Equal((size, expectedCrop), (model.Metadata.ImageSize, model.Metadata.CropSize));
        Assert.All(TinyImages.Scores(model, pixels), scores => Assert.Equal(1, scores.Sum(), 1e-5));    // three float32 roundings
    }

    [Fact]
    public void Fit_PixelVectorOfAnotherSizeThanAskedFor_Throws()
    {
        var pixels = Pixels(_images.Labelled(TinyImages.Labels), 10);

        Assert.Throws<ColumnMismatchException>(() => _images.Classifier(Cropped).Fit(pixels));
    }

    private static ImageTrainingOptions Cropped => TinyImages.Options with { ImageSize = 8, ResizeSize = 12 };

    private IDataView Pixels(IDataView view, int size) => _images.ML.Transforms.ResizeImages("Image", size, size)
        .Append(_images.ML.Transforms.ExtractPixels("Image", interleavePixelColors: true, outputAsFloatArray: false)).Fit(view)
            .Transform(view);

    private string Save(ImageClassificationTransformer model)
    {
        var path = Path.Combine(_images.Files.Folder, $"{Guid.NewGuid():N}.safetensors");
        model.SaveWeights(path);
        return path;
    }

    private string SaveModel(string name)
    {
        var path = Path.Combine(_images.Files.Folder, name);
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            fitted.ML.Model.Save(fitted.Model, fitted.View.Schema, path);
        }
        else
        {
            fitted.Model.SaveOnnx(path);
        }

        return path;
    }

    private string SaveOnnx(ImageClassificationTransformer model)
    {
        var path = Path.Combine(_images.Files.Folder, $"{Guid.NewGuid():N}.onnx");
        model.SaveOnnx(path);
        return path;
    }

    private static long[] Shape(string path, string name)
    {
        using var checkpoint = WeightsFile.Open(path);
        return checkpoint.Tensors[name].Shape;
    }

    /// <summary>Running statistics aside, which batches move at any learning rate.</summary>
    private static void AssertSameWeights(string expected, string actual, string except)
    {
        using var before = WeightsFile.Open(expected);
        using var after = WeightsFile.Open(actual);
        Assert.Equal(before.Tensors.Keys.Order(StringComparer.Ordinal), after.Tensors.Keys.Order(StringComparer.Ordinal));
        var weights = before.Tensors.Where(weight =>
            !weight.Key.Contains("running_", StringComparison.Ordinal) && !weight.Key.StartsWith(except, StringComparison.Ordinal))
                .ToList();
        Assert.NotEmpty(weights);
        Assert.All(weights, weight => Assert.Equal(weight.Value.Values(), after.Tensors[weight.Key].Values()));
    }
}
