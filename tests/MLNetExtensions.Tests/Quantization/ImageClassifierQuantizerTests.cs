using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Quantization;

public sealed class ImageClassifierQuantizerTests : IDisposable
{
    private readonly ColourImages _images = new(imagesPerColour: 4);
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _images.Dispose();

    private string Model => ConvolutionClassifier.Write(_images.Beside("model.onnx"));

    private string Hostile => ConvolutionClassifier.Write(_images.Beside("hostile.onnx"), isHostile: true);

    private string Output => _images.Beside("int8.onnx");

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Quantize_ModelThatBearsIt_KeepsItsAccuracyAndItsContract(CalibrationMethod method)
    {
        var result = ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, new QuantizationOptions { Calibration = method },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((1.0, 1.0, 0.0, 12), (result.MicroAccuracyBefore, result.MicroAccuracyAfter, result.DropPoints, result.Images));
        Assert.Empty(result.FloatLayers);
        Assert.Equal(ConvolutionClassifier.Layers.Length, result.Layers);
        Assert.Equal((new FileInfo(Model).Length, new FileInfo(Output).Length), (result.SizeBefore, result.SizeAfter));
        using var classifier = ImageClassifier.Load(Output);
        Assert.Equal(1, classifier.Evaluate(_images.Labeled, cancellationToken: TestContext.Current.CancellationToken).MicroAccuracy);
    }

    [Fact]
    public void Quantize_Metadata_IsTheFloatModelsAndSaysHow()
    {
        var options = new QuantizationOptions
        {
            Calibration = CalibrationMethod.Percentile,
            Percentile = 99,
            CalibrationImages = 5,
            MaxDropPoints = 2,
        };

        ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, options, cancellationToken: TestContext.Current.CancellationToken);

        var (before, after) = (Properties(Model), Properties(Output));
        Assert.Equal(before.OrderBy(p => p.Key), after.Where(p => p.Key is not ("quantization" or "content_sha256")).OrderBy(p => p.Key));
        var expected = $$"""
            {
              "weights": "int8", "calibration": "percentile", "percentile": 99, "calibrationImages": 5, "layers": 3, "floatLayers": [],
              "images": 12, "microAccuracyBefore": 1, "microAccuracyAfter": 1, "maxDropPoints": 2,
              "productVersion": "{{ClassifierMetadata.CurrentVersion}}"
            }
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(after["quantization"])), after["quantization"]);
    }

    [Fact]
    public void Quantize_OneHostileLayer_PutsBackThatOneAlone()
    {
        var result = ImageClassifierQuantizer.Quantize(
            Hostile, _images.Labeled, Output, new QuantizationOptions { Logger = _logger },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["/conv2"], result.FloatLayers);
        Assert.Equal((1.0, 1.0), (result.MicroAccuracyBefore, result.MicroAccuracyAfter));
        using var classifier = ImageClassifier.Load(Output);
        Assert.Equal(1, classifier.Evaluate(_images.Labeled, cancellationToken: TestContext.Current.CancellationToken).MicroAccuracy);
        Assert.Contains(
            _logger.Lines, line =>
                line.Message.StartsWith("The drop is too large; looking for the layers that hurt most", StringComparison.Ordinal));
    }

    [Fact]
    public void Quantize_HostileLayerThatMayNotBeFloat_RefusesAndWritesNothing()
    {
        File.WriteAllText(Output, "what was there");

        var error = Assert.Throws<AccuracyDropException>(
            () => ImageClassifierQuantizer.Quantize(
                Hostile, _images.Labeled, Output, new QuantizationOptions { MaxFloatShare = 0 },
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.InRange(error.DropPoints, 30, 100);          // the three classes are no longer told apart
        Assert.Contains("more than the 0.5 allowed", error.Message, StringComparison.Ordinal);
        Assert.Equal("what was there", File.ReadAllText(Output));
        Assert.Equal(["data", "hostile.onnx", "int8.onnx"], _images.Entries);
    }

    [Fact]
    public void Quantize_WithoutGate_ReportsTheDropAndPutsNothingBack()
    {
        var result = ImageClassifierQuantizer.Quantize(
            Hostile, _images.Labeled, Output, new QuantizationOptions { Gate = false },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.InRange(result.DropPoints!.Value, 30, 100);
        Assert.Empty(result.FloatLayers);
        Assert.DoesNotContain("maxDropPoints", Properties(Output)["quantization"], StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_QuantizedModel_IsRefused()
    {
        ImageClassifierQuantizer.Quantize(Model, _images.Labeled, Output, cancellationToken: TestContext.Current.CancellationToken);

        var error = Assert.Throws<ModelFileException>(
            () => ImageClassifierQuantizer.Quantize(
                Output, _images.Labeled, _images.Beside("twice.onnx"), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("is quantised already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_FewImages_WarnsThatTheGateIsRough()
    {
        ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, new QuantizationOptions { Logger = _logger },
            cancellationToken: TestContext.Current.CancellationToken);

        var warning = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Warning);
        Assert.StartsWith("One of 12 images is worth 8.33 points", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_ClassWithoutImages_WarnsOfIt()
    {
        var images = _images.Labeled.Where(image => image.Label != "green").ToList();

        ImageClassifierQuantizer.Quantize(
            Model, images, Output, new QuantizationOptions { Logger = _logger, MaxDropPoints = 50 },
            cancellationToken: TestContext.Current.CancellationToken);

        var warning = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Warning);
        Assert.Equal("The images say nothing about the classes green: there are none of them.", warning.Message);
    }

    [Fact]
    public void Quantize_ForeignLabel_IsNamedBeforeAnythingIsScored()
    {
        _images.Add("violet/0.png", 0);

        var error = Assert.Throws<ImageDataException>(
            () => ImageClassifierQuantizer.Quantize(
                Model, _images.Labeled, Output, new QuantizationOptions { Logger = _logger },
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("'violet'", error.Message, StringComparison.Ordinal);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public void Quantize_ForeignLabelWithoutGate_CalibratesButCountsInNoAccuracy()
    {
        _images.Add("violet/0.png", 0);

        var result = ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, new QuantizationOptions { Gate = false, Logger = _logger },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((12, 1.0, 1.0), (result.Images, result.MicroAccuracyBefore, result.MicroAccuracyAfter));
        Assert.Equal(13, JsonNode.Parse(Properties(Output)["quantization"])!["calibrationImages"]!.GetValue<int>());
        var warning = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Warning);
        Assert.Equal("The model does not know the class of 1 of 13 images, which count in no accuracy.", warning.Message);
    }

    [Fact]
    public void QuantizeUnlabeled_Images_CalibrateAsLabelledOnesDo()
    {
        ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, _images.Beside("labelled.onnx"), new QuantizationOptions { Gate = false },
            cancellationToken: TestContext.Current.CancellationToken);

        var result = ImageClassifierQuantizer.QuantizeUnlabeled(
            Model, [.. _images.Labeled.Select(image => image.ImagePath)], Output, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((null, null, null, 0), (result.MicroAccuracyBefore, result.MicroAccuracyAfter, result.DropPoints, result.Images));
        Assert.DoesNotContain("microAccuracy", Properties(Output)["quantization"], StringComparison.Ordinal);
        var (labelled, unlabelled) = (ClassifierModel.Load(_images.Beside("labelled.onnx")).Model, ClassifierModel.Load(Output).Model);
        Assert.Equal(labelled.Graph, unlabelled.Graph);
    }

    [Fact]
    public void Quantize_LabelledOnesUnreadableWithoutGate_MeasuresNothing()
    {
        var (damaged, violet) = (_images.AddDamaged("red/zzz.png"), _images.Add("violet/0.png", 0));
        var images = _images.Labeled.Where(image => image.ImagePath == damaged || image.ImagePath == violet).ToList();

        var result = ImageClassifierQuantizer.Quantize(
            Model, images, Output, new QuantizationOptions { Gate = false }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((null, 0), (result.MicroAccuracyAfter, result.Images));
        Assert.Equal(damaged, Assert.Single(result.Skipped).Image);
    }

    [Theory]
    [InlineData("model.zip")]
    [InlineData("model.pth")]
    [InlineData("model.onnx.bak")]
    public void Quantize_OutputNamedAsAnotherFormat_IsRefused(string name)
    {
        var error = Assert.Throws<ImageClassificationException>(
            () => ImageClassifierQuantizer.Quantize(
                Model, _images.Labeled, _images.Beside(name), cancellationToken: TestContext.Current.CancellationToken));

        Assert.EndsWith("let its name end in .onnx.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_images.Beside(name)));
    }

    [Fact]
    public void Quantize_NoImages_SaysSo() =>
        Assert.Throws<ImageDataException>(
            () => ImageClassifierQuantizer.Quantize(Model, [], Output, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Quantize_DamagedImage_IsLeftOutAndListed()
    {
        var damaged = _images.AddDamaged("red/zzz.png");

        var result = ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(12, result.Images);
        Assert.Equal(damaged, Assert.Single(result.Skipped).Image);
    }

    [Fact]
    public void Quantize_CancelledBetweenSteps_WritesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var logger = new CancellingLogger(cancellation, "Ranges of");

        Assert.ThrowsAny<OperationCanceledException>(() => ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Output, new QuantizationOptions { Logger = logger }, cancellation.Token));

        Assert.Equal(["data", "model.onnx"], _images.Entries);
    }

    [Fact]
    public void Quantize_OutputIsAFolder_SaysSoBeforeSlowWork()
    {
        Directory.CreateDirectory(Output);

        var error = Assert.Throws<IOException>(
            () => ImageClassifierQuantizer.Quantize(
                Model, _images.Labeled, Output, new QuantizationOptions { Logger = _logger },
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public void Quantize_OutputIsTheModel_ReplacesIt()
    {
        var model = Model;

        ImageClassifierQuantizer.Quantize(model, _images.Labeled, model, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains("quantization", Properties(model).Keys);
    }

    [Fact]
    public void Quantize_Zip_QuantizesTheModelInside()
    {
        var zip = TinyClassifier.WriteZip(_images.Beside("model.zip"), model: ConvolutionClassifier.Model());

        var result = ImageClassifierQuantizer.Quantize(
            zip, _images.Labeled, Output, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, result.MicroAccuracyAfter);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Output));
        Assert.Equal(ClassifierModel.Pixels, Assert.Single(model.Graph.Input).Name);
        Assert.Equal([ClassifierModel.Score, ClassifierModel.PredictedIndex], model.Graph.Output.Select(port => port.Name));
    }

    [Fact]
    public void HalveWeights_WithoutImages_MeasuresNothing()
    {
        var result = ImageClassifierQuantizer.HalveWeights(Model, Output, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((null, null, null, 0), (result.MicroAccuracyBefore, result.MicroAccuracyAfter, result.DropPoints, result.Images));
        Assert.Equal(
            $$"""{"weights":"float16","productVersion":"{{ClassifierMetadata.CurrentVersion}}"}""", Properties(Output)["quantization"]);
        using var classifier = ImageClassifier.Load(Output);
        Assert.Equal(1, classifier.Evaluate(_images.Labeled, cancellationToken: TestContext.Current.CancellationToken).MicroAccuracy);
    }

    [Fact]
    public void HalveWeights_WithImages_MeasuresBoth()
    {
        var result = ImageClassifierQuantizer.HalveWeights(
            Model, Output, _images.Labeled, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((1.0, 1.0, 12), (result.MicroAccuracyBefore, result.MicroAccuracyAfter, result.Images));
    }

    [Fact]
    public void HalveWeights_LosesTooMuch_RefusesAndWritesNothing()
    {
        // The fourth channel is always 1, and every colour gains that, red as 2049 − 2048. In half precision 2049 is 2048, so red gains
        // nothing, and no image is red.
        var model = ConvolutionClassifier.Model();
        Set(model, "conv1.weight", 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
        Set(model, "conv1.bias", 0, 0, 0, 1);
        Set(model, "conv2.weight", 1, 0, 0, 2049, 0, 1, 0, 1, 0, 0, 1, 1);
        Set(model, "conv2.bias", -2048, 0, 0);
        var path = _images.Beside("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<AccuracyDropException>(
            () => ImageClassifierQuantizer.HalveWeights(
                path, Output, _images.Labeled, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(100.0 / 3, error.DropPoints, precision: 6);
        Assert.Contains("half precision", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    /// <summary>ML.NET's own transformer refuses a file with an initializer of half precision.</summary>
    [Fact]
    public void HalveWeights_File_ScoresInTheStockChainAsBefore()
    {
        ImageClassifierQuantizer.HalveWeights(Model, Output, cancellationToken: TestContext.Current.CancellationToken);
        var ml = new MLContext(seed: 1);
        var zip = _images.Beside("half.zip");
        var rows = ml.Data.LoadFromEnumerable(_images.Labeled);
        using (var batched = ml.Model.LoadImageClassifier(Output))
        {
            ml.Model.Save(batched, rows.Schema, zip);
        }

        var chain = ml.Model.Load(zip, out _);
        using var disposable = chain as IDisposable;
        var labels = chain.Transform(rows).GetColumn<string>("PredictedLabel");

        Assert.Equal(_images.Labeled.Select(image => image.Label), labels);
    }

    [Fact]
    public void HalveWeights_ActivationsBeyondHalfPrecision_RefusesWithoutImagesToo()
    {
        // Half precision ends at 65504; a bright pixel is 1 before this layer.
        var model = ConvolutionClassifier.Model();
        Set(model, "conv1.weight", 60000, 60000, 0, 0, 60000, 0, 0, 0, 60000, 0, 0, 0);
        var path = _images.Beside("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<ModelFileException>(
            () => ImageClassifierQuantizer.HalveWeights(path, Output, cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith("In half precision the model's scores are NaN or infinite", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    private static void Set(ModelProto model, string weights, params float[] values) =>
        model.Graph.Initializer.Single(
            initializer => initializer.Name == weights).RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values));

    private static Dictionary<string, string> Properties(string path) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).MetadataProps.ToDictionary(p => p.Key, p => p.Value);

    /// <summary>Cancels when a line begins as expected.</summary>
    private sealed class CancellingLogger(CancellationTokenSource cancellation, string begin) : ILogger
    {
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith(begin, StringComparison.Ordinal))
            {
                cancellation.Cancel();
            }
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
