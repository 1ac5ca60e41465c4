using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML;
using MLNetExtensions.Tests.Quantization;
using MLNetExtensions.Tests.Scoring.DataViews;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>A model with damaged weights: its scores are NaN or infinite, so it predicts no labels.</summary>
public sealed class ScoresWithoutNumbersTests : IDisposable
{
    private readonly BatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Predict_DamagedWeights_BlamesTheModel()
    {
        using var classifier = Load();
        var image = _fixture.Files.AddImage("x.png");

        var error = Assert.Throws<ModelFileException>(() => classifier.Predict(image, Token));

        Assert.Equal(
            $"The model's scores of the image '{image}' are NaN or infinite: its weights are damaged; train or export it again.",
            error.Message);
    }

    [Fact]
    public void PredictMany_DamagedWeights_GivesErrorsAndNoLabels()
    {
        using var classifier = Load();

        var predictions = classifier.PredictMany([_fixture.Files.AddImage("x.png"), _fixture.Files.AddFile("y.png", 1, 2)], Token);

        Assert.Equal(
            ["the model's scores for it are NaN or infinite: its weights are damaged.", "it is not an image, or it is damaged."],
            predictions.Select(prediction => prediction.Error));
        Assert.All(predictions, prediction => Assert.Equal(("", 0), (prediction.Label, prediction.Scores.Count)));
    }

    [Fact]
    public void Evaluate_DamagedWeights_BlamesTheModelAndNotTheImages()
    {
        using var classifier = Load();
        LabeledImage[] images = [new() { ImagePath = _fixture.Files.AddImage("x.png"), Label = "red" }];

        var error = Assert.Throws<ModelFileException>(() => classifier.Evaluate(images, cancellationToken: Token));

        Assert.StartsWith("The model's scores of 1 of 1 image are NaN or infinite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_NoImages_SaysSo()
    {
        using var classifier = ImageClassifier.Load(_fixture.Zip);

        Assert.Equal(
            "There are no images to evaluate the model on.",
            Assert.Throws<ImageDataException>(() => classifier.Evaluate([], cancellationToken: Token)).Message);
    }

    [Fact]
    public void Transform_DamagedWeights_ReportsEveryRowAndPredictsNoLabel()
    {
        var skipped = new List<SkippedImage>();
        var zip = TinyClassifier.WriteZip(
            Path.Combine(_fixture.Files.Folder, "bad.zip"), model: BatchFixture.WithSlotNames(FaultyModels.OfNumbersForGreyOnly()));
        using var model = _fixture.ML.Model.LoadImageClassifier(zip, skipped: new Listener(skipped.Add));

        var rows = BatchFixture.Read(_fixture.ML, model.Transform(_fixture.View(_fixture.Photos(3))));

        Assert.Equal(["", "", ""], rows.Select(row => row.PredictedLabel));
        Assert.All(skipped, image => Assert.Equal("the model's scores for it are NaN or infinite: its weights are damaged.", image.Reason));
        Assert.Equal(3, skipped.Count);
    }

    [Fact]
    public void HalveWeights_DamagedWeights_NamesTheTensor()
    {
        using var images = new ColourImages(imagesPerColour: 2);
        var path = images.Beside("bad.onnx");
        var model = ConvolutionClassifier.Model();
        Spoil(model.Graph.Initializer.Single(tensor => tensor.Name == "conv2.bias"));
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<ModelFileException>(
            () => ImageClassifierQuantizer.HalveWeights(
                path, images.Beside("half.onnx"), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(
            $"The model '{path}' is damaged: tensor 'conv2.bias' has 1 value that is NaN or infinite; train or export it again.",
            error.Message);
        Assert.False(File.Exists(images.Beside("half.onnx")));
    }

    [Fact]
    public void HalveWeights_NoReadableImage_SaysHowMany()
    {
        using var images = new ColourImages(imagesPerColour: 1);
        var path = ConvolutionClassifier.Write(images.Beside("model.onnx"));
        var none = images.Labeled.Select(image => new LabeledImage { ImagePath = image.ImagePath + ".gone", Label = image.Label }).ToList();

        var error = Assert.Throws<ImageDataException>(() => ImageClassifierQuantizer.HalveWeights(
            path, images.Beside("half.onnx"), none, new QuantizationOptions { Gate = false },
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("3 of 3 images cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the file does not exist.", error.Message, StringComparison.Ordinal);
    }


    private static void Spoil(TensorProto tensor)
    {
        var bytes = tensor.RawData.ToByteArray();
        MemoryMarshal.Cast<byte, float>(bytes.AsSpan())[0] = float.NaN;
        tensor.RawData = ByteString.CopyFrom(bytes);
    }

    private ImageClassifier Load() =>
        ImageClassifier.Load(_fixture.Files.AddFile("bad.onnx", FaultyModels.OfNumbersForGreyOnly().ToByteArray()));

    private sealed class Listener(Action<SkippedImage> hear) : IProgress<SkippedImage>
    {
        public void Report(SkippedImage value) => hear(value);
    }
}
