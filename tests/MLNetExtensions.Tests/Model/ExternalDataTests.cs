using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using MLNetExtensions.Tests.Quantization;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Model;

/// <summary>Models that keep a weight outside of their file.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly ColourImages _images = new(imagesPerColour: 2);

    private string Model => Path.Combine(_files.Folder, "models", "model.onnx");

    public void Dispose()
    {
        _files.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Load_FileBesideALoneModel_ScoresAsTheWholeOne()
    {
        var whole = _files.AddFile("models/whole.onnx", ConvolutionClassifier.Model().ToByteArray());
        var (location, values) = Write("data/weights.bin", offset: 5);
        _files.AddFile("models/" + location, [1, 2, 3, 4, 5, .. values, 6]);

        Assert.Equal(Scores(whole), Scores(Model));
    }

    [Fact]
    public void Quantize_FileBesideALoneModel_IsRead()
    {
        var (location, values) = Write("weights.bin");
        _files.AddFile("models/" + location, values);

        var result = ImageClassifierQuantizer.Quantize(
            Model, _images.Labeled, Path.Combine(_files.Folder, "int8.onnx"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, result.MicroAccuracyBefore);
    }

    [Theory]
    [InlineData("../secret.bin", "keeps weights outside of its folder")]
    [InlineData("link.bin", "keeps weights outside of its folder")]
    [InlineData("", "keeps weights outside of its folder")]
    [InlineData("gone.bin", "keeps weights in a file that is not there")]
    [InlineData("short.bin", "keeps weights in a file that is too short")]
    [InlineData("folder", "keeps weights in a folder instead of a file")]
    public void Load_FileElsewhere_IsRefusedInASentence(string location, string sentence)
    {
        _files.AddFile("secret.bin", Write(location).Values);
        _files.AddFile("models/short.bin", 1, 2, 3);
        _files.AddFolder("models/folder");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "models", "link.bin"), Path.Combine(_files.Folder, "secret.bin"));

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(Model));

        Assert.StartsWith($"'{Model}' {sentence} (external data '{location}' of tensor '", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Load_AbsolutePathToTheOwnFolder_IsRefused()
    {
        _files.AddFile("models/weights.bin", Write(Path.Combine(_files.Folder, "models", "weights.bin")).Values);

        Assert.Contains(
            "outside of its folder", Assert.Throws<ModelFileException>(() => ImageClassifier.Load(Model)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamedPipes_AreNotOpened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are none.");
        Write("pipe");
        var pipe = Path.Combine(_files.Folder, "models", "pipe");
        using (var process = Process.Start("mkfifo", pipe))
        {
            process.WaitForExit();
        }

        var weights = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(Model));
        var model = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(pipe));

        Assert.Contains("in a named pipe instead of a file", weights.Message, StringComparison.Ordinal);
        Assert.Equal($"The model file '{pipe}' is a named pipe; give the path of a model.zip or model.onnx.", model.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadFrom_Stream_MustHoldAll(bool isThere)
    {
        var (location, values) = Write("weights.bin");
        if (isThere)
        {
            _files.AddFile("models/" + location, values);
        }

        using var stream = File.OpenRead(Model);
        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.LoadFrom(stream));

        Assert.Matches(
            @"^The model in the stream keeps weights outside of itself \(external data 'weights\.bin' of tensor '[^']+'\); a stream must "
            + @"hold all of its model\.$", error.Message);
    }

    [Fact]
    public void Load_Zip_MustHoldAll()
    {
        var zip = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        ZipsOfStrangers.ChangeOnnx(zip, model => model.Graph.Initializer.Add(OnnxOutlineTests.External("secret/weights.bin")));

        foreach (var load in ZipsOfStrangers.Doors)
        {
            Assert.Equal(
                $"'{zip}' keeps weights outside of itself (external data 'secret/weights.bin' of tensor 'W'); a zip must hold all of its "
                + "model.",
                Assert.Throws<ModelFileException>(() => load(zip)).Message);
        }
    }

    /// <summary>Writes a model whose first weight is elsewhere.</summary>
    private (string Location, byte[] Values) Write(string location, int offset = 0)
    {
        var model = ConvolutionClassifier.Model();
        var weight = model.Graph.Initializer.First(tensor => tensor.DataType == 1 && tensor.RawData.Length > 32);
        var values = weight.RawData.ToByteArray();
        weight.RawData = ByteString.Empty;
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        (string, string)[] pairs =
        [
            ("location", location), ("offset", offset.ToString(CultureInfo.InvariantCulture)),
            ("length", values.Length.ToString(CultureInfo.InvariantCulture)),
        ];
        weight.ExternalData.Add(pairs.Select(pair => new StringStringEntryProto { Key = pair.Item1, Value = pair.Item2 }));
        _files.AddFile("models/model.onnx", model.ToByteArray());
        return (location, values);
    }

    private float[][] Scores(string path)
    {
        using var classifier = ImageClassifier.Load(path);
        return
        [
            .. classifier.PredictMany([.. _images.Labeled.Select(image => image.ImagePath)], TestContext.Current.CancellationToken)
                .Select(prediction => prediction.Scores.ToArray()),
        ];
    }
}
