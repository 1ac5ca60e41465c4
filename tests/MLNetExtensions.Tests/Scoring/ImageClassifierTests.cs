using System.Runtime.CompilerServices;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

public sealed class ImageClassifierTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    /// <summary>Mean 168+c, 24+c, 24+c over the 8×8 pixels of seed 0 (ImageFiles); softmax((168 − 24)/16 = 9) is 0.99975.</summary>
    [Fact]
    public void Predict_RedImage_IsRed()
    {
        using var classifier = Load();

        var prediction = classifier.Predict(_files.AddImage("x.png", seed: 0), Cancellation);

        Assert.Equal("red", prediction.Label);
        Assert.Equal(0.9997, prediction.Probability, 3);
    }

    [Fact]
    public async Task Predict_PathBytesAndStream_AreTheSame()
    {
        using var classifier = Load();
        var path = _files.AddImage("x.png", seed: 1, width: 21, height: 13);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);

        ImagePrediction[] predictions =
        [
            classifier.Predict(path, Cancellation),
            classifier.Predict(bytes, Cancellation),
            classifier.Predict(new MemoryStream(bytes), Cancellation),
            await classifier.PredictAsync(path, Cancellation),
            await classifier.PredictAsync(bytes, Cancellation),
            await classifier.PredictAsync(new MemoryStream(bytes), Cancellation),
        ];

        Assert.All(predictions, p => Assert.Equal(predictions[0].Scores, p.Scores));
        Assert.Equal([path, null, null, path, null, null], predictions.Select(p => p.Image));
    }

    [Theory]
    [InlineData("zero.jpg", "the file is empty.")]
    [InlineData("text.png", "it is not an image, or it is damaged.")]
    [InlineData("huge.png", "it claims 30000×30000 pixels; the limit is 134,217,728 pixels in all.")]
    [InlineData("folder", "it is a folder.")]
    [InlineData("missing.png", "the file does not exist.")]
    public async Task Predict_BadImage_NamesItAndSaysWhy(string name, string reason)
    {
        using var classifier = Load();
        var path = BadImages().Single(bad => Path.GetFileName(bad) == name);

        var error = Assert.Throws<ImageDataException>(() => classifier.Predict(path, Cancellation));
        var asyncError = await Assert.ThrowsAsync<ImageDataException>(() => classifier.PredictAsync(path, Cancellation));

        Assert.Equal($"The image '{path}' cannot be read: {reason}", error.Message);
        Assert.Equal(error.Message, asyncError.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public async Task PredictMany_BadImagesAmongGood_CostOnlyThemselves(int batchSize)
    {
        using var classifier = Load(new ImageScoringOptions { BatchSize = batchSize });
        var bad = BadImages();
        var good = Enumerable.Range(0, 9).Select(i => _files.AddImage($"good{i}.png", seed: i)).ToList();
        var mixed = good.Zip([.. bad, .. bad]).SelectMany(pair => new[] { pair.First, pair.Second }).ToList();

        var predictions = classifier.PredictMany(mixed, Cancellation);
        var streamed = await classifier.PredictManyAsync(mixed, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(mixed, predictions.Select(p => p.Image));
        Assert.All(predictions.Where((_, i) => i % 2 == 1), p => Assert.NotNull(p.Error));
        Assert.Equal(
            good.Select(path => classifier.Predict(path, Cancellation).Scores),
            predictions.Where((_, i) => i % 2 == 0).Select(p => p.Scores));
        Assert.Equal(predictions.Select(p => (p.Label, p.Error)), streamed.Select(p => (p.Label, p.Error)));
    }

    [Fact]
    public async Task PredictMany_StreamThatThrows_CostsOnlyItself()
    {
        using var classifier = Load(new ImageScoringOptions { BatchSize = 4 });
        var good = await File.ReadAllBytesAsync(_files.AddImage("x.png", seed: 2), Cancellation);
        ImageSource[] Images() => [good, ImageSource.FromStream(new ThrowingStream(), "upload"), good];

        var predictions = classifier.PredictMany(Images(), Cancellation);
        var streamed = await classifier.PredictManyAsync(Images().ToAsyncEnumerable(), Cancellation).ToListAsync(Cancellation);

        Assert.Equal(["blue", "", "blue"], predictions.Select(p => p.Label));
        Assert.Equal("its stream cannot be read: the connection is gone", predictions[1].Error);
        Assert.Equal(("upload", predictions[1].Error), (streamed[1].Image, streamed[1].Error));
    }

    [Fact]
    public void PredictMany_Nothing_GivesNothing()
    {
        using var classifier = Load();

        Assert.Empty(classifier.PredictMany(Array.Empty<string>(), Cancellation));
    }

    [Fact]
    public async Task PredictManyAsync_MoreThanFitAtOnce_ComeInOrder()
    {
        using var classifier = Load(new ImageScoringOptions { BatchSize = 3, Threads = 2 });
        var images = Enumerable.Range(0, 3).Select(i => _files.AddImage($"{i}.png", seed: i)).ToList();
        var many = Enumerable.Range(0, 100).Select(i => images[i % 3]).ToList();

        var predictions = await classifier.PredictManyAsync(many, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(many, predictions.Select(p => p.Image));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => TinyClassifier.Colours[i % 3]), predictions.Select(p => p.Label));
    }

    [Fact]
    public async Task PredictManyAsync_SourceThatWaits_GivesWhatCameBefore()
    {
        using var classifier = Load(new ImageScoringOptions { BatchSize = 8 });
        var image = _files.AddImage("x.png", seed: 1);
        var more = new TaskCompletionSource();
        async IAsyncEnumerable<ImageSource> Source()
        {
            yield return image;
            await more.Task;
            yield return image;
        }

        await using var predictions = classifier.PredictManyAsync(Source(), Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await predictions.MoveNextAsync());
        Assert.Equal("green", predictions.Current.Label);
        more.SetResult();

        Assert.True(await predictions.MoveNextAsync());
        Assert.False(await predictions.MoveNextAsync());
    }

    [Fact]
    public async Task PredictManyAsync_SourceThatFails_GivesWhatCameBeforeThenItsError()
    {
        using var classifier = Load();
        var image = _files.AddImage("x.png", seed: 1);
        async IAsyncEnumerable<ImageSource> Source()
        {
            yield return image;
            await Task.Yield();
            throw new InvalidOperationException("no more");
        }

        var labels = new List<string>();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var prediction in classifier.PredictManyAsync(Source(), Cancellation))
            {
                labels.Add(prediction.Label!);
            }
        });

        Assert.Equal("no more", error.Message);
        Assert.Equal(["green"], labels);
    }

    [Fact]
    public async Task PredictManyAsync_CallerWhoStopsEarly_EndsTheSource()
    {
        using var classifier = Load(new ImageScoringOptions { Threads = 2 });
        var image = _files.AddImage("x.png", seed: 1);
        var (taken, ended) = (0, false);
        async IAsyncEnumerable<ImageSource> Endless([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    Interlocked.Increment(ref taken);
                    yield return image;
                }
            }
            finally
            {
                ended = true;
            }
        }

        await foreach (var _ in classifier.PredictManyAsync(Endless(Cancellation), Cancellation))
        {
            break;
        }

        Assert.True(ended);
        Assert.InRange(taken, 1, 6);    // one result taken, four batches in flight at most, one in hand
    }

    [Fact]
    public async Task AnyCall_CancelledToken_Throws()
    {
        using var classifier = Load();
        var image = _files.AddImage("x.png");
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Predict(image, cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.PredictMany([image], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => classifier.PredictAsync(image, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => classifier.PredictManyAsync([image], cancelled).ToListAsync(Cancellation).AsTask());
    }

    [Theory]
    [InlineData("animated.gif")]
    [InlineData("animated.webp")]
    public void Predict_AnimatedImage_TakesTheFirstFrame(string fixture)
    {
        using var classifier = Load();

        Assert.Null(classifier.PredictMany([Images.FixtureImages.Find(fixture)], Cancellation)[0].Error);
    }

    [Fact]
    public void Predict_OverTheCallersPixelLimit_IsRefused()
    {
        using var classifier = Load(new ImageScoringOptions { MaxPixels = 100 });

        var error = Assert.Throws<ImageDataException>(
            () => classifier.Predict(_files.AddImage("x.png", width: 11, height: 10), Cancellation));

        Assert.EndsWith("it claims 11×10 pixels; the limit is 100 pixels in all.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the issue asks: under 4 KB an image. The scores of three classes are 40 bytes of it.</summary>
    [Fact]
    public void Predict_AgainAndAgain_AllocatesUnderFourKilobytesAnImage()
    {
        const int Repetitions = 500;
        using var classifier = Load();
        var image = File.ReadAllBytes(_files.AddImage("x.png", width: 300, height: 200));
        classifier.Predict(image, Cancellation);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Repetitions; i++)
        {
            classifier.Predict(image, Cancellation);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Repetitions, 0, 4096);
    }

    [Fact]
    public void Evaluate_LabelledImages_CountsTheRight()
    {
        using var classifier = Load();
        LabeledImage[] images =
        [
            new() { ImagePath = _files.AddImage("0.png", seed: 0), Label = "red" },
            new() { ImagePath = _files.AddImage("1.png", seed: 1), Label = "blue" },
            new() { ImagePath = _files.AddFile("2.png"), Label = "blue" },
        ];

        var metrics = classifier.Evaluate(images, cancellationToken: Cancellation);

        Assert.Equal((2, 0.5), (metrics.Images, metrics.MicroAccuracy));
        Assert.Equal([new SkippedImage(images[2].ImagePath, "the file is empty.")], metrics.Skipped);
        Assert.Equal(images.Take(2).Select(image => (image.ImagePath, image.Label)), metrics.Results.Select(r => (r.ImagePath, r.Label)));
        var (right, wrong) = (metrics.Results.Single(r => r.IsRight), metrics.Results.Single(r => !r.IsRight));
        Assert.Equal(right.Probability, right.LabelProbability);
        Assert.InRange(wrong.LabelProbability, 0, wrong.Probability);
    }

    [Fact]
    public void Evaluate_ClassOfUnreadableImagesOnly_NamesItAndTheFirst()
    {
        using var classifier = Load();
        LabeledImage[] images =
        [
            new() { ImagePath = _files.AddImage("0.png", seed: 0), Label = "red" },
            new() { ImagePath = _files.AddFile("1.png"), Label = "blue" },
            new() { ImagePath = _files.AddFile("2.png"), Label = "blue" },
        ];

        var error = Assert.Throws<ImageDataException>(() => classifier.Evaluate(images, cancellationToken: Cancellation));

        Assert.Equal(
            $"The class 'blue' has lost all of its 2 images, which cannot be read: {images[1].ImagePath}, the file is empty. Repair " +
            "them, " +
            "or leave the class out.",
            error.Message);
    }

    private ImageClassifier Load(ImageScoringOptions? options = null) =>
        ImageClassifier.Load(TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")), options);

    private List<string> BadImages()
    {
        _files.AddFolder("folder");
        return
        [
            _files.AddFile("zero.jpg"),
            _files.AddFile("text.png", "no image"u8.ToArray()),
            _files.AddFile("huge.png", PngHeader.Claiming(30_000, 30_000)),
            Path.Combine(_files.Folder, "folder"),
            Path.Combine(_files.Folder, "missing.png"),
        ];
    }

    private sealed class ThrowingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("the connection is gone");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("the connection is gone");
    }
}
