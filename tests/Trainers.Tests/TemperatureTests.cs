using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights.Files;

namespace Trainers.Tests;

/// <summary>Trainings that end with a temperature, and what goes on from their models.</summary>
public sealed class TemperatureTests : IDisposable
{
    private const int Images = 60;

    private static readonly ImageTrainingOptions HeadOnly = TinyImages.Options with
    {
        Epochs = 10,
        BatchSize = 20,
        FineTuning = FineTuning.HeadOnly,
        Precision = TrainingPrecision.Full,
        HeadLearningRate = 0.1,
    };

    private readonly TinyImages _images = new();
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Fit_HeadOnSixtyImages_FitsOnFoldsAndDividesInTheGraph()
    {
        using var model = _images.Classifier(HeadOnly with { Weights = Start(), Logger = _logger }).Fit(View());

        var calibration = model.Calibration!;

        Assert.True(calibration.IsOutOfFold);
        Assert.Equal(Images, calibration.Images);
        Assert.Equal(calibration.Temperature, model.Metadata.Temperature);
        Assert.NotEqual(1, calibration.Temperature);
        Assert.Contains(_logger.Lines, line => line.Message.Contains("of five folds", StringComparison.Ordinal));
        var onnx = In("fitted.onnx");
        model.SaveOnnx(onnx);
        var (graph, metadata) = ClassifierModel.Load(onnx);
        Assert.Equal(calibration.Temperature, metadata.Temperature);
        Assert.Single(graph.Graph.Node, node => node.OpType == "Div");
    }

    [Fact]
    public void Fit_FoldsOrNot_TheWeightsAreTheSame()
    {
        var start = Start();
        using var with = _images.Classifier(HeadOnly with { Weights = start }).Fit(View());
        using var without = _images.Classifier(HeadOnly with { Weights = start, FitTemperature = false }).Fit(View());

        with.SaveWeights(In("with.safetensors"));
        without.SaveWeights(In("without.safetensors"));

        Assert.Null(without.Calibration);
        Assert.Equal(1, without.Metadata.Temperature);
        Assert.Equal(File.ReadAllBytes(In("without.safetensors")), File.ReadAllBytes(In("with.safetensors")));
    }

    [Fact]
    public void SaveWeights_FittedModel_CarriesNoTemperature()
    {
        using var model = _images.Classifier(HeadOnly with { Weights = Start() }).Fit(View());

        model.SaveWeights(In("raw.safetensors"));

        using var file = WeightsFile.Open(In("raw.safetensors"));
        Assert.DoesNotContain("temperature", file.About.Keys);
    }

    [Fact]
    public void SaveMetrics_FittedModel_HasTheCalibration()
    {
        using var model = _images.Classifier(HeadOnly with { Weights = Start() }).Fit(View());

        model.SaveMetrics(In("metrics.json"));

        using var metrics = JsonDocument.Parse(File.ReadAllText(In("metrics.json")));
        var calibration = metrics.RootElement.GetProperty("calibration");
        Assert.Equal(model.Calibration!.Temperature, calibration.GetProperty("temperature").GetDouble());
        Assert.Equal(model.Calibration.ErrorAfter, calibration.GetProperty("errorAfter").GetDouble());
    }

    // Trained on from its own file with a rate too small to change anything, the last layer is what it was: not divided.
    [Fact]
    public void Fit_FittedModelAsWeights_StartsUndividedAndFitsAnew()
    {
        using var first = _images.Classifier(HeadOnly with { Weights = Start() }).Fit(View());
        first.SaveOnnx(In("first.onnx"));

        using var second = _images.Classifier(
            HeadOnly with { Weights = In("first.onnx"), Epochs = 1, HeadLearningRate = 1e-12, FitTemperature = false }).Fit(View());

        second.SaveOnnx(In("second.onnx"));
        Assert.Equal(1, second.Metadata.Temperature);
        AssertSame(Head(In("first.onnx")), Head(In("second.onnx")));
    }

    [Fact]
    public void Export_FittedModelAsWeights_KeepsItsTemperature()
    {
        using var model = _images.Classifier(HeadOnly with { Weights = Start() }).Fit(View());
        model.SaveOnnx(In("first.onnx"));

        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), In("again.onnx"),
            new OnnxExportOptions { Weights = In("first.onnx"), Outputs = ModelOutputs.Embedding }, Token);

        using var before = ImageClassifier.Load(In("first.onnx"));
        using var after = ImageClassifier.Load(In("again.onnx"));
        var image = ImageSource.FromFile(View().GetColumn<string>("ImagePath").First());
        Assert.Equal(model.Metadata.Temperature, after.Metadata.Temperature);
        Assert.Equal(before.Predict(image, Token).Scores, after.Predict(image, Token).Scores);
    }

    [Fact]
    public void Fit_FewImages_IsLeftAtOneAndSaid()
    {
        using var model = _images.Classifier(HeadOnly with { Weights = Start(), Logger = _logger })
            .Fit(View(20));

        Assert.Null(model.Calibration);
        Assert.Contains(
            _logger.Lines, line => line.Message.StartsWith(
                "The temperature is left at 1: to fit it takes 50 images, and there are 0.", StringComparison.Ordinal));
    }

    // Softmax of logits over T is softmax(log p / T) of the scores without it.
    [Fact]
    public void Predict_FittedModel_ScoresAreThoseOfDividedLogits()
    {
        var start = Start();
        using var with = _images.Classifier(HeadOnly with { Weights = start }).Fit(View());
        using var without = _images.Classifier(HeadOnly with { Weights = start, FitTemperature = false }).Fit(View());
        var temperature = with.Metadata.Temperature;

        var (divided, plain) = (TinyImages.Scores(with, View()), TinyImages.Scores(without, View()));

        Assert.All(divided.Zip(plain), pair =>
        {
            var powers = pair.Second.Select(score => Math.Pow(score, 1 / temperature)).ToArray();
            Assert.All(pair.First.Zip(powers), scores => Assert.Equal(scores.Second / powers.Sum(), scores.First, 1e-4));
        });
    }

    /// <summary>Two classes of two colours; one label of seven is of the other class, so that some images are classified wrongly.</summary>
    private IDataView View(int images = Images) => _images.View(Enumerable.Range(0, images).Select(i => new TinyImages.LabeledRow<string>
    {
        ImagePath = _images.Files.AddImage($"{i:000}.png", seed: (i % 2) + (3 * i)),
        Label = (i % 7 == 3) == (i % 2 == 0) ? "rose" : "tulip",
    }).ToArray());

    private string In(string name) => Path.Combine(_images.Files.Folder, name);

    /// <summary>Random weights of the two classes, which a training goes on from.</summary>
    private string Start()
    {
        var path = In("start.onnx");
        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), path,
            new OnnxExportOptions { Labels = ["tulip", "rose"], ImageSize = TinyImages.Size, Seed = 3 }, Token);
        return path;
    }

    private static float[] Head(string onnx)
    {
        using var file = WeightsFile.Open(onnx);
        var saved = file.Tensors["fc.weight"];
        var values = new float[saved.Count];
        saved.CopyTo(values);
        return values;
    }

    private static void AssertSame(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
}
