using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring.Sessions;
using MLNetExtensions.Tests.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>The way that scoring takes beside a GPU: padded batches, read on all threads, few calls at once. Here a CPU scores.</summary>
public sealed class BesideAGpuTests : IDisposable
{
    private const int BatchSize = 16;

    private readonly ImageFiles _files = new();
    private readonly string _model;
    private readonly string[] _paths;

    public BesideAGpuTests()
    {
        _model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "gpu.onnx"));
        // Two full batches, one with images that cannot be read, and a few more.
        _paths = [.. Enumerable.Range(0, (2 * BatchSize) + 3).Select(i => i is 4 or 15
            ? _files.AddFile($"{i}.png", 1, 2, 3) : _files.AddImage($"{i}.png", seed: i, width: 20 + i, height: 12))];
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ImageScoringOptions Padded { get; } = new() { Plan = LanePlan.BesideAGpu(threads: 3, BatchSize, runs: 2) };

    public void Dispose() => _files.Dispose();

    [Fact]
    public void PredictMany_SomeUnreadable_GivesWhatTheCpusWayGives()
    {
        using var expected = ImageClassifier.Load(_model);
        using var classifier = ImageClassifier.Load(_model, Padded);

        AssertSame(expected.PredictMany(Sources(), Cancellation), classifier.PredictMany(Sources(), Cancellation));
    }

    [Fact]
    public async Task PredictManyAsync_SomeUnreadable_GivesWhatTheCpusWayGives()
    {
        using var expected = ImageClassifier.Load(_model);
        using var classifier = ImageClassifier.Load(_model, Padded);

        var predictions = await classifier.PredictManyAsync(Sources().ToAsyncEnumerable(), Cancellation).ToListAsync(Cancellation);

        AssertSame(expected.PredictMany(Sources(), Cancellation), predictions);
    }

    [Fact]
    public async Task PredictAsync_FromManyCallersAtOnce_GivesWhatTheCpusWayGives()
    {
        using var expected = ImageClassifier.Load(_model);
        using var classifier = ImageClassifier.Load(_model, Padded);
        var readable = Sources().Where((_, i) => i is not (4 or 15)).ToList();

        var predictions = await Task.WhenAll(readable.Select(image => classifier.PredictAsync(image, Cancellation)));

        AssertSame(expected.PredictMany(readable, Cancellation), predictions);
    }

    [Fact]
    public void Transform_Files_GivesWhatTheCpusWayGives()
    {
        var ml = new MLContext(seed: 1);
        using var expected = ml.Model.LoadImageClassifier(_model);
        using var model = ml.Model.LoadImageClassifier(_model, Padded);
        var rows = ml.Data.LoadFromEnumerable(_paths.Select(path => new LabeledImage { ImagePath = path }));

        var scores = model.Transform(rows).GetColumn<float[]>("Score").ToList();

        Assert.Equal(expected.Transform(rows).GetColumn<float[]>("Score"), scores);
        Assert.True(float.IsNaN(scores[4][0]));
    }

    [Fact]
    public void PredictMany_Measured_TellsOfImagesAndNotOfPadding()
    {
        using var measured = new RecordedMetrics("gpu.onnx");
        using var classifier = ImageClassifier.Load(_model, Padded);

        classifier.PredictMany(Sources(), Cancellation);

        Assert.Equal([3, 14, 16], measured.Batches);
        Assert.Equal((33, 2), (measured.Images, measured.Errors));
    }

    [Fact]
    public void PredictMany_Cancelled_Throws()
    {
        using var classifier = ImageClassifier.Load(_model, Padded);

        Assert.ThrowsAny<OperationCanceledException>(() => classifier.PredictMany(Sources(), new CancellationToken(canceled: true)));
    }

    /// <summary>The model takes four images and no more, as one does whose activations fill the device's memory.</summary>
    [Fact]
    public void Load_BatchThatDoesNotRun_HalvesItUntilItDoes()
    {
        var logger = new RecordingLogger();
        File.WriteAllBytes(_model, AtMostFour().ToByteArray());

        using var classifier = ImageClassifier.Load(_model, Padded with { Logger = logger });

        var warnings = logger.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Message).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.EndsWith("Batches of 8 are used.", warnings[0], StringComparison.Ordinal);
        Assert.EndsWith("Batches of 4 are used.", warnings[1], StringComparison.Ordinal);
        Assert.Equal(_paths.Length, classifier.PredictMany(Sources(), Cancellation).Count);
    }

    [Fact]
    public void Load_BatchAskedForThatDoesNotRun_SaysSo()
    {
        File.WriteAllBytes(_model, AtMostFour().ToByteArray());

        var error = Assert.Throws<ImageClassificationException>(() => ImageClassifier.Load(_model, Padded with { BatchSize = 16 }));

        Assert.StartsWith("A batch of 16 could not be scored on cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BatchTooLargeForMemory_SaysTheMost()
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            () => ImageClassifier.Load(_model, new ImageScoringOptions { BatchSize = int.MaxValue }));

        // An array has at most 2,147,483,591 elements; an image of 8×8 has 192 bytes.
        Assert.StartsWith("BatchSize must be at most 11184810 for images of 8 pixels.", error.Message, StringComparison.Ordinal);
    }

    private static ModelProto AtMostFour()
    {
        var model = TinyClassifier.Model();
        var logits = model.Graph.Node.Single(node => node.Output[0] == "logits");
        logits.Output[0] = "sharp";
        model.Graph.Initializer.Add(TensorData.Create<float>("zeros", [4], new float[4]));
        model.Graph.Initializer.Add(TensorData.Create<int>("first", [], [0]));
        model.Graph.Initializer.Add(new TensorProto
        {
            Name = "one",
            DataType = (int)TensorProto.Types.DataType.Int64,
            RawData = ByteString.CopyFrom(BitConverter.GetBytes(1L)),
        });
        NodeProto[] nodes =
        [
            new() { OpType = "Shape", Input = { ClassifierModel.Pixels }, Output = { "shape" } },
            new() { OpType = "Gather", Input = { "shape", "first" }, Output = { "count" } },
            new() { OpType = "Sub", Input = { "count", "one" }, Output = { "last" } },
            new() { OpType = "Gather", Input = { "zeros", "last" }, Output = { "zero" } },
            new() { OpType = "Add", Input = { "sharp", "zero" }, Output = { "logits" } },
        ];
        for (var i = 0; i < nodes.Length; i++)
        {
            model.Graph.Node.Insert(model.Graph.Node.IndexOf(logits) + 1 + i, nodes[i]);
        }

        return model;
    }

    private static void AssertSame(IEnumerable<ImagePrediction> expected, IEnumerable<ImagePrediction> actual) => Assert.Equal(
        expected.Select(Describe), actual.Select(Describe));

    private static string Describe(ImagePrediction prediction) => prediction.Error is { } error
        ? $"{prediction.Image}: {error}"
        : $"{prediction.Image}: {prediction.Label}, {string.Join(", ", prediction.Scores)}";

    private IEnumerable<ImageSource> Sources() => _paths.Select(ImageSource.FromFile);
}
