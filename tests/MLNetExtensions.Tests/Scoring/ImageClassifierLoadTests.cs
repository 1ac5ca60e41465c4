using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

public sealed class ImageClassifierLoadTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_Zip_GivesTheScoresOfItsOwnChain()
    {
        var path = TinyClassifier.WriteZip(In("model.zip"));
        var images = Enumerable.Range(0, 6).Select(i => _files.AddImage($"{i}.png", seed: i, width: 9 + (5 * i), height: 30 - i)).ToList();
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable(images.Select(image => new LabeledImage { ImagePath = image }));
        var expected = ml.Model.Load(path, out _).Transform(rows).GetColumn<float[]>(StockChain.Score).ToList();

        using var classifier = ImageClassifier.Load(path);
        var predictions = classifier.PredictMany(images, TestContext.Current.CancellationToken);

        Assert.Equal(expected, predictions.Select(p => p.Scores));
        Assert.Equal(["red", "green", "blue", "red", "green", "blue"], predictions.Select(p => p.Label));
    }

    [Fact]
    public void Load_ZipThatMapsLabelsFirst_Loads()
    {
        var path = TinyClassifier.WriteZip(
            In("model.zip"), ml =>
                ml.Transforms.Conversion.MapValueToKey("Label", keyData: Labels(ml)).Append(TinyClassifier.LoadImages(ml)));

        using var classifier = ImageClassifier.Load(path);

        Assert.Equal(["red", "green", "blue"], classifier.Labels);
    }

    [Fact]
    public void Load_ZipThatPreparesImagesOtherwise_IsRefused()
    {
        var path = TinyClassifier.WriteZip(In("model.zip"), TinyClassifier.LoadAndPadImages);

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(path));

        Assert.Equal(
            $"'{path}' does not prepare its images as ResizeImages(IsoCrop) and ExtractPixels do; " +
            "score it with MLContext.Model.Load and PredictionEngine, or in batches with MLContext.Model.Load and ToBatched.",
            error.Message);
    }

    [Fact]
    public void Load_OnnxUnderAnotherName_LoadsByContent()
    {
        var path = TinyClassifier.WriteOnnx(In("model.zip"));

        using var classifier = ImageClassifier.Load(path);

        Assert.Equal("tiny", classifier.Metadata.Architecture);
        Assert.Equal(ComputeDevice.Cpu, classifier.Device);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadFrom_Stream_ScoresAsTheFileDoes(bool zip)
    {
        var path = zip ? TinyClassifier.WriteZip(In("model.zip")) : TinyClassifier.WriteOnnx(In("model.onnx"));
        var image = _files.AddImage("x.png", seed: 1);
        using var stream = File.OpenRead(path);
        using var expected = ImageClassifier.Load(path);

        using var classifier = ImageClassifier.LoadFrom(stream);

        Assert.Equal(
            expected.Predict(image, TestContext.Current.CancellationToken).Scores,
            classifier.Predict(image, TestContext.Current.CancellationToken).Scores);
    }

    [Fact]
    public void Load_ForeignZip_IsRefused()
    {
        var ml = new MLContext();
        var view = ml.Data.LoadFromEnumerable(new[] { new LabeledImage { ImagePath = "x", Label = "a" } });
        ml.Model.Save(ml.Transforms.Conversion.MapValueToKey("Label").Fit(view), view.Schema, In("model.zip"));

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(In("model.zip")));

        Assert.EndsWith(
            "is not an image classifier of this product: expected an ML.NET model with one ONNX model inside.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherOnnx_IsRefused()
    {
        var model = TinyClassifier.Model();
        model.MetadataProps.Clear();

        var error = LoadError(model.ToByteArray());

        Assert.EndsWith(
            "is not an image classifier of this product: its metadata is missing or damaged.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OnnxWhosePortsContradictItsMetadata_IsRefused()
    {
        var model = TinyClassifier.Model("red", "green", "blue", "white");

        var error = LoadError(model.ToByteArray());

        Assert.EndsWith(
            "expected one input of bytes [N, 8, 8, 3] and an output Score of floats [N, 4].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFile_SaysSo() => Assert.EndsWith("is empty.", LoadError([]).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_Text_SaysWhatItIsNot() =>
        Assert.Contains(
            "is neither an ML.NET model.zip nor an ONNX model", LoadError("some text, no model"u8.ToArray()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_MissingFile_SaysSo() =>
        Assert.EndsWith(
            "does not exist.", Assert.Throws<ModelFileException>(() => ImageClassifier.Load(In("none.zip"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_Folder_SaysSo() =>
        Assert.Contains(
            "is a folder", Assert.Throws<ModelFileException>(() => ImageClassifier.Load(_files.Folder)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    [InlineData(0.99)]
    public void Load_ZipCutOff_Throws(double share)
    {
        var zip = File.ReadAllBytes(TinyClassifier.WriteZip(In("whole.zip")));

        LoadError(zip[..(int)(zip.Length * share)]);
    }

    [Fact]
    public void Load_DeviceThatIsNotThere_SaysTheRemedy()
    {
        var path = TinyClassifier.WriteOnnx(In("model.onnx"));

        var error = Assert.Throws<DeviceUnavailableException>(
            () => ImageClassifier.Load(path, new ImageScoringOptions { Device = ComputeDevice.Parse("cuda:0") }));

        Assert.Contains(
            "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void Load_OptionOutOfRange_Throws(int threads, int threadsPerBatch, int batchSize, int maxPixels)
    {
        var path = TinyClassifier.WriteOnnx(In("model.onnx"));
        var options = new ImageScoringOptions
        {
            Threads = threads,
            ThreadsPerBatch = threadsPerBatch,
            BatchSize = batchSize,
            MaxPixels = maxPixels,
        };

        Assert.Throws<OptionOutOfRangeException>(() => ImageClassifier.Load(path, options));
    }

    private static IDataView Labels(MLContext ml) =>
        ml.Transforms.SelectColumns("Label").Fit(View(ml)).Transform(View(ml));

    private static IDataView View(MLContext ml) =>
        ml.Data.LoadFromEnumerable(TinyClassifier.Colours.Select(label => new LabeledImage { Label = label }));

    private ModelFileException LoadError(byte[] content)
    {
        var path = _files.AddFile("bad.model", content);
        return Assert.Throws<ModelFileException>(() => ImageClassifier.Load(path));
    }

    private string In(string name) => Path.Combine(_files.Folder, name);
}
