using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetExtensions.Tests.Scoring.DataViews;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>
/// A classifier that calls an image as familiar as its largest score is: 0.9 or more for the images of one colour that the tests make,
/// and a third for a grey one.
/// </summary>
public sealed class MinFamiliarityTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Onnx => Path.Combine(_files.Folder, "model.onnx");

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Predict_Stranger_HasNoLabelAndAReason()
    {
        using var classifier = Load(0.5);

        var predictions = classifier.PredictMany([Grey(), Red()], Token);

        Assert.Null(predictions[0].Label);
        Assert.Null(predictions[0].Error);
        Assert.Equal("it is like none of the classes: its familiarity is 0.3333, less than 0.5.", predictions[0].Refusal);
        Assert.Equal(1 / 3f, predictions[0].Probability, 1e-4f);
        Assert.Equal(("red", null), (predictions[1].Label, predictions[1].Refusal));
    }

    [Fact]
    public void Predict_NoThreshold_LabelsAll()
    {
        using var classifier = Load(null);

        var prediction = classifier.Predict(ImageSource.FromFile(Grey()), Token);

        Assert.NotNull(prediction.Label);
        Assert.Equal(1 / 3f, prediction.Familiarity!.Value, 1e-4f);
    }

    // The threshold needs the output, whatever else is asked for.
    [Fact]
    public void Predict_ThresholdAndNoOutputs_RefusesStill()
    {
        using var classifier = Load(0.5, ModelOutputs.None);

        Assert.Null(classifier.Predict(ImageSource.FromFile(Grey()), Token).Label);
    }

    [Fact]
    public void Evaluate_Strangers_AreCountedApart()
    {
        using var classifier = Load(0.5);

        var metrics = classifier.Evaluate(
            [new() { ImagePath = Grey(), Label = "blue" }, new() { ImagePath = Red(), Label = "red" }], cancellationToken: Token);

        Assert.Equal((1, 1, 1.0), (metrics.Images, metrics.Refused, metrics.MicroAccuracy));
    }

    [Fact]
    public void Evaluate_AllStrangers_SaysSo()
    {
        using var classifier = Load(0.5);

        var error = Assert.Throws<ImageDataException>(
            () => classifier.Evaluate([new() { ImagePath = Grey(), Label = "blue" }], cancellationToken: Token));

        Assert.Contains("gives no label: it refuses 1 image. Of ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadImageClassifier_Stranger_HasScoresAndAMissingLabel()
    {
        Write();
        var ml = new MLContext(seed: 1);
        using var model = ml.Model.LoadImageClassifier(Onnx, new ImageScoringOptions { MinFamiliarity = 0.5 });

        var scored = model.Transform(ml.Data.LoadFromEnumerable(
            new[] { Grey(), Red() }.Select(path => new LabeledImage { ImagePath = path }).ToArray()));

        Assert.Equal(["", "red"], scored.GetColumn<string>("PredictedLabel").Select(label => label ?? ""));
        Assert.Equal(1 / 3f, scored.GetColumn<float[]>("Score").First()[0], 1e-4f);
        Assert.Equal(1 / 3f, Assert.Single(scored.GetColumn<float[]>("Familiarity").First()), 1e-4f);
    }

    [Fact]
    public void Load_ModelWithoutFamiliarity_SaysHowToGetIt()
    {
        TinyClassifier.WriteOnnx(Onnx);

        var error = Assert.Throws<ModelFileException>(
            () => ImageClassifier.Load(Onnx, new ImageScoringOptions { MinFamiliarity = 0.01 }));

        Assert.Contains("does not give Familiarity: train it with --outputs familiarity", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, true)]
    [InlineData(0.2, false)]
    public void Load_ThresholdBelowTheSmallestValue_Warns(double least, bool warns)
    {
        Write(knownImages: 9);      // 1 / 10 is the smallest value that nine known images give

        using var classifier = ImageClassifier.Load(Onnx, new ImageScoringOptions { MinFamiliarity = least, Logger = _logger });

        Assert.Equal(warns, _logger.Lines.Any(line => line.Message.Contains("refuses nothing", StringComparison.Ordinal)));
    }

    [Fact]
    public void Load_OutputOfAnotherShape_IsRefused()
    {
        var model = Model(0);
        model.Graph.Output[^1].Type.TensorType.Shape.Dim.RemoveAt(1);
        model.Graph.Node[^1].Attribute.Single(attribute => attribute.Name == "keepdims").I = 0;
        File.WriteAllBytes(Onnx, model.ToByteArray());

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(Onnx));

        Assert.Contains("its output Familiarity", error.Message, StringComparison.Ordinal);
    }

    private ImageClassifier Load(double? least, ModelOutputs? outputs = null)
    {
        Write();
        return ImageClassifier.Load(Onnx, new ImageScoringOptions { MinFamiliarity = least, Outputs = outputs });
    }

    private void Write(int knownImages = 0) => File.WriteAllBytes(Onnx, Model(knownImages).ToByteArray());

    private static ModelProto Model(int knownImages)
    {
        var model = BatchFixture.WithSlotNames(TinyClassifier.Model());
        model.Graph.Node.Add(new NodeProto
        {
            OpType = "ReduceMax",
            Name = "familiarity",
            Input = { ClassifierModel.Score },
            Output = { nameof(ModelOutputs.Familiarity) },
            Attribute = { NodeAttributes.Of("keepdims", 1), Axis(1) },
        });
        model.Graph.Output.Add(ClassifierModel.Port(nameof(ModelOutputs.Familiarity), TensorProto.Types.DataType.Float, 1));
        if (knownImages > 0)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = "familiarity_images", Value = $"{knownImages}" });
        }

        return model;
    }

    private static AttributeProto Axis(long axis) =>
        new() { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { axis } };

    private string Red() => _files.AddImage("red.png", seed: 0);

    private string Grey()
    {
        var path = Path.Combine(_files.Folder, "grey.png");
        using var image = MLImage.CreateFromPixels(
            8, 8, MLPixelFormat.Rgba32, Enumerable.Repeat((byte[])[90, 90, 90, 255], 64).SelectMany(pixel => pixel).ToArray());
        image.Save(path);
        return path;
    }
}
