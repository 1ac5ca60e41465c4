using Google.Protobuf;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

public sealed class ImageClassifierLifetimeTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly byte[] _image;

    public ImageClassifierLifetimeTests() => _image = File.ReadAllBytes(_files.AddImage("x.png", seed: 1));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Dispose_CallInFlight_LetsItFinishAndRefusesTheNext()
    {
        var classifier = Load();
        var stream = new BlockingStream(_image);
        var inFlight = Task.Run(() => classifier.Predict(stream, Cancellation), Cancellation);
        await stream.Reached;

        classifier.Dispose();
        var refused = Assert.Throws<ObjectDisposedException>(() => classifier.Predict(_image, Cancellation));
        stream.Release();

        Assert.Equal("green", (await inFlight).Label);
        Assert.Contains(nameof(ImageClassifier), refused.ObjectName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_Twice_IsFineAndEveryCallThrows()
    {
        var classifier = Load();

        classifier.Dispose();
        classifier.Dispose();

        Assert.Throws<ObjectDisposedException>(() => classifier.PredictMany([(ImageSource)_image], Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => classifier.PredictAsync(_image, Cancellation));
        Assert.Throws<ObjectDisposedException>(() => classifier.PredictManyAsync(["x"], Cancellation));
    }

    /// <summary>Whoever wins the race, a call either has its answer or the one exception that says why not.</summary>
    [Fact]
    public async Task Dispose_AmongCallsOfManyThreads_NeverCrashes()
    {
        for (var round = 0; round < 20; round++)
        {
            var classifier = Load();
            var calls = Enumerable.Range(0, 8).Select(_ => Task.Run(
                () =>
                {
                    try
                    {
                        for (var i = 0; ; i++)
                        {
                            Assert.Equal("green", classifier.Predict(_image, Cancellation).Label);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return true;
                    }
                },
                Cancellation)).ToList();

            classifier.Predict(_image, Cancellation);
            classifier.Dispose();

            Assert.All(await Task.WhenAll(calls), Assert.True);
        }
    }

    [Fact]
    public async Task Replace_CallInFlight_FinishesOnTheOldModel()
    {
        using var classifier = Load();
        var stream = new BlockingStream(_image);
        var inFlight = Task.Run(() => classifier.Predict(stream, Cancellation), Cancellation);
        await stream.Reached;

        classifier.Replace(Model("rot", "grün", "blau"));
        var next = classifier.Predict(_image, Cancellation);
        stream.Release();

        Assert.Equal("grün", next.Label);
        Assert.Equal("green", (await inFlight).Label);
    }

    [Fact]
    public void Replace_WhenDisposed_DisposesTheNewModelToo()
    {
        var classifier = Load();
        classifier.Dispose();
        var model = Model("rot", "grün", "blau");

        classifier.Replace(model);

        Assert.False(model.TryEnter());
    }

    /// <summary>One lane: the second caller waits for the first, and gives up when told to.</summary>
    [Fact]
    public async Task PredictAsync_AllThreadsBusy_WaitsAndCanBeCancelled()
    {
        using var classifier = Load(new ImageScoringOptions { Threads = 1 });
        var stream = new BlockingStream(_image);
        var first = Task.Run(() => classifier.Predict(stream, Cancellation), Cancellation);
        await stream.Reached;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var second = classifier.PredictAsync(_image, cancel.Token);
        var third = classifier.PredictAsync(_image, Cancellation);
        Assert.False(second.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);
        stream.Release();
        Assert.Equal("green", (await first).Label);
        Assert.Equal("green", (await third).Label);
    }

    private static LoadedModel Model(params string[] labels)
    {
        using var stream = new MemoryStream(TinyClassifier.Model(labels).ToByteArray());
        return LoadedModel.Open(ModelContent.OfStream(stream), new ImageScoringOptions(), "test");
    }

    private ImageClassifier Load(ImageScoringOptions? options = null) =>
        ImageClassifier.Load(TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")), options);
}
