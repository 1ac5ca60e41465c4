using System.Diagnostics;
using Microsoft.ML;
using MLNetExtensions.Tests.Scoring.DataViews;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.DataViews;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Whichever way images are scored, they are counted and timed under the model's name.</summary>
public sealed class ScoringMetricsTests : IDisposable
{
    private static readonly ImageScoringOptions PairsOnOneThread = new() { BatchSize = 2, Threads = 1 };

    private readonly BatchFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void PredictMany_WithAListener_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-test.onnx";
        using var measured = new RecordedMetrics(Name);
        using var classifier = ImageClassifier.Load(
            TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, Name)), PairsOnOneThread);

        classifier.PredictMany(
            _fixture.Photos(4, isBad: i => i == 2).Select(photo => photo.ImagePath), TestContext.Current.CancellationToken);

        AssertThreeGoodImagesAndABadOne(measured);
    }

    [Fact]
    public async Task PredictManyAsync_WithAListener_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-async-test.onnx";
        using var measured = new RecordedMetrics(Name);
        using var classifier = ImageClassifier.Load(
            TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, Name)), PairsOnOneThread);
        var photos = _fixture.Photos(4, isBad: i => i == 2).Select(photo => photo.ImagePath);

        await foreach (var _ in classifier.PredictManyAsync(photos, TestContext.Current.CancellationToken))
        {
        }

        AssertThreeGoodImagesAndABadOne(measured);
    }

    [Fact]
    public void Transform_Files_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-files.zip";
        using var measured = new RecordedMetrics(Name);
        using var model = LoadBatched(Name);

        BatchFixture.Read(_fixture.ML, model.Transform(_fixture.View(_fixture.Photos(4, isBad: i => i == 2))));

        AssertThreeGoodImagesAndABadOne(measured);
    }

    [Fact]
    public void Transform_DecodedImages_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-images.zip";
        using var measured = new RecordedMetrics(Name);
        var zip = TinyClassifier.WriteZip(
            Path.Combine(_fixture.Files.Folder, Name),
            ml => TinyClassifier.LoadImages(ml).Append(ml.Transforms.ConvertToGrayscale("Image")),
            BatchFixture.WithSlotNames(TinyClassifier.Model()));
        var chain = ModelContent.OfChain(_fixture.ML.Model.Load(zip, out _), Name);
        using var model = BatchScoringTransformer.Create(chain, Name, PairsOnOneThread, skipped: null);

        BatchFixture.Read(_fixture.ML, model.Transform(_fixture.View(_fixture.Photos(4, isBad: i => i == 2))));

        AssertThreeGoodImagesAndABadOne(measured);
    }

    [Fact]
    public void PredictionEngine_Rows_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-engine.zip";
        using var measured = new RecordedMetrics(Name);
        using var model = LoadBatched(Name);
        using var engine = _fixture.ML.Model.CreatePredictionEngine<BatchFixture.Photo, BatchFixture.Scored>(model);

        foreach (var photo in _fixture.Photos(3, isBad: i => i == 1))
        {
            engine.Predict(photo);
        }

        Assert.Equal((2, 1), (measured.Images, measured.Errors));
        Assert.Equal([1, 1], measured.Batches);
        Assert.Equal((2, 2), (measured.DecodeTimes, measured.InferenceTimes));
    }

    [Fact]
    public void Predict_WithAMeterFactory_MeasuresOnItsMeterInSeconds()
    {
        const string Name = "metrics-factory-test.onnx";
        using var meters = new OwnMeters();
        using var measured = new RecordedMetrics(Name);
        using var classifier = ImageClassifier.Load(
            TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, Name)), PairsOnOneThread with { MeterFactory = meters });

        classifier.PredictMany(_fixture.Photos(4, isBad: i => i == 2).Select(photo => photo.ImagePath), Token);

        AssertThreeGoodImagesAndABadOne(measured);
        Assert.Equal("MLVision.ImageClassifier", Assert.Single(meters.Made).Name);
        Assert.All(measured.Instruments, instrument => Assert.Same(meters.Made[0], instrument.Meter));
        Assert.All(
            measured.Instruments.Where(instrument => instrument.Name.EndsWith("duration", StringComparison.Ordinal)),
            instrument => Assert.Equal("s", instrument.Unit));
        Assert.InRange(measured.LongestTime, 1e-7, 60);
    }

    [Fact]
    public void PredictMany_WithATraceListener_TracesEachBatch()
    {
        const string Name = "traces-test.onnx";
        using var traces = new RecordedTraces(Name);
        using var classifier = ImageClassifier.Load(
            TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, Name)), PairsOnOneThread);

        classifier.PredictMany(_fixture.Photos(4, isBad: i => i == 2).Select(photo => photo.ImagePath), Token);

        Assert.Equal(2, traces.Finished.Count);
        Assert.All(traces.Finished, trace =>
        {
            Assert.Equal("image_classifier.score", trace.OperationName);
            Assert.Equal("cpu", trace.GetTagItem("device"));
            Assert.Equal(["read", "run"], trace.Events.Select(happened => happened.Name));
            Assert.Equal(ActivityStatusCode.Unset, trace.Status);
        });
        Assert.Equal([(1, 1), (2, 0)], traces.Finished
            .Select(trace => ((int)trace.GetTagItem("images")!, (int)trace.GetTagItem("unreadable")!)).Order());
    }

    [Fact]
    public async Task PredictAsync_InACallersTrace_BelongsToIt()
    {
        const string Name = "parent-trace-test.onnx";
        using var traces = new RecordedTraces(Name);
        using var classifier = ImageClassifier.Load(TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, Name)));
        using var request = new Activity("request").Start();

        await classifier.PredictAsync(_fixture.Photos(1)[0].ImagePath, Token);

        Assert.Same(request, Activity.Current);
        Assert.Equal(request.SpanId, Assert.Single(traces.Finished).ParentSpanId);
    }

    private BatchScoringTransformer LoadBatched(string name) => _fixture.ML.Model.LoadImageClassifier(
        TinyClassifier.WriteZip(
            Path.Combine(_fixture.Files.Folder, name), model: BatchFixture.WithSlotNames(TinyClassifier.Model())),
        PairsOnOneThread);

    private static void AssertThreeGoodImagesAndABadOne(RecordedMetrics measured)
    {
        Assert.Equal((3, 1), (measured.Images, measured.Errors));
        Assert.Equal([1, 2], measured.Batches);
        Assert.Equal((3, 2), (measured.DecodeTimes, measured.InferenceTimes));
    }
}
