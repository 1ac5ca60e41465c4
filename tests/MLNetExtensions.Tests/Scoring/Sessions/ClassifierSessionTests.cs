using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Pixels and session as someone uses them who calls ONNX Runtime himself.</summary>
public sealed class ClassifierSessionTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.zip")]
    public void Open_FileOfEitherKind_ScoresWhatTheReaderReadsAsTheClassifierDoes(string file)
    {
        var path = Path.Combine(_files.Folder, file);
        _ = file.EndsWith(".zip", StringComparison.Ordinal) ? TinyClassifier.WriteZip(path) : TinyClassifier.WriteOnnx(path);
        var image = _files.AddImage("red.png", width: 30, height: 20);
        using var classifier = ImageClassifier.Load(path, new ImageScoringOptions { Device = ComputeDevice.Cpu });

        using var session = ClassifierSession.Open(path, ComputeDevice.Cpu);
        var reader = new ImageReader(session.Metadata.ImageSize);
        var pixels = new byte[reader.PixelBytes];
        Assert.True(reader.TryRead(image, pixels, out _));
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, reader.ImageSize, reader.ImageSize, 3]);
        using var options = new RunOptions();
        using var outputs = session.Session.Run(options, [session.PixelsPort], [input], ["Score"]);

        var expected = classifier.Predict(image, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Scores, outputs[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal((ComputeDevice.Cpu, "red"), (session.Device, expected.Label));
    }

    [Fact]
    public void Open_NoModel_SaysSo() => Assert.Throws<ModelFileException>(() => ClassifierSession.Open(_files.AddImage("x.png")));

    [Fact]
    public void Open_NoThreads_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => ClassifierSession.Open("model.onnx", threads: 0));
}
