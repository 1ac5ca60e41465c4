using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetExtensions.Tests.Scoring;
using MLVision.Cli.Benchmarks.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace Cli.Tests.Benchmarks.Scoring;

public sealed class ScoringBenchmarkTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(PixelMode.Exact)]
    [InlineData(PixelMode.Fast)]
    public void Run_Onnx_FillsEveryPathInOrder(PixelMode pixels)
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));

        var result = new ScoringBenchmark(model, Images(3), Options(pixels)).Run(cancellationToken: Cancellation);

        Assert.Equal(("tiny", TinyClassifier.ImageSize, pixels.ToString()), (result.Architecture, result.ImageSize, result.Pixels));
        Assert.Equal((1, 3, 0, 2), (result.Threads, result.Images, result.Unreadable, result.Rounds));
        Assert.Equal(
            ExpectedPaths(threads: 1, ScoringPathName.Batched, ScoringPathName.Classifier), result.Paths.Select(path => path.Path));
        Assert.All(result.Paths, path =>
        {
            Assert.InRange(path.ImagesPerSecond, double.Epsilon, double.MaxValue);
            Assert.InRange(path.BytesPerImage, 0, double.MaxValue);
            Assert.InRange(path.PeakMemoryMegabytes, 1, double.MaxValue);
        });
        Assert.Null(result.Ratios.Int8ToClassifier);
    }

    [Fact]
    public void Run_ZipWithAQuantisedModel_ComparesItLast()
    {
        var zip = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        var int8 = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "int8.onnx"));

        var result = new ScoringBenchmark(zip, Images(2), Options() with { Int8Model = int8 }).Run(cancellationToken: Cancellation);

        Assert.Equal(
            ExpectedPaths(threads: 1, ScoringPathName.Batched, ScoringPathName.Classifier, ScoringPathName.Int8),
            result.Paths.Select(path => path.Path));
        Assert.Equal(
            result.Paths[^1].ImagesPerSecond / result.Paths[^2].ImagesPerSecond, result.Ratios.Int8ToClassifier!.Value, precision: 6);
    }

    [Fact]
    public void Run_ModelInHalfPrecision_IsComparedAndComparesItself()
    {
        var model = Path.Combine(_files.Folder, "model.onnx");
        File.WriteAllBytes(model, MLNetExtensions.Tests.Quantization.ConvolutionClassifier.Model().ToByteArray());
        var fp16 = Path.Combine(_files.Folder, "fp16.onnx");
        ImageClassifierQuantizer.HalveWeights(model, fp16, cancellationToken: Cancellation);

        var beside = new ScoringBenchmark(model, Images(2), Options() with { Fp16Model = fp16 }).Run(cancellationToken: Cancellation);
        var alone = new ScoringBenchmark(fp16, Images(2), Options()).Run(cancellationToken: Cancellation);

        Assert.Equal(ScoringPathName.Fp16, beside.Paths[^1].Path);
        Assert.Equal(
            beside.Paths[^1].ImagesPerSecond / beside.Paths[^2].ImagesPerSecond, beside.Ratios.Fp16ToClassifier!.Value, precision: 6);
        Assert.Equal(
            ExpectedPaths(threads: 1, ScoringPathName.Batched, ScoringPathName.Classifier), alone.Paths.Select(path => path.Path));
    }

    [Fact]
    public void Run_AsManyThreadsAsCores_MeasuresTheStockChainsDefaultToo()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
        var options = Options();
        options = options with { Scoring = options.Scoring with { Threads = Environment.ProcessorCount } };

        var result = new ScoringBenchmark(model, Images(2), options).Run(cancellationToken: Cancellation);

        Assert.Equal(
            ExpectedPaths(Environment.ProcessorCount, ScoringPathName.Batched, ScoringPathName.Classifier),
            result.Paths.Select(path => path.Path));
    }

    [Fact]
    public void Run_ZipWithOtherColumns_ScoresEveryWay()
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(new[] { new NumberedImage { ImagePath = "x", Label = 1 } });
        var keys = ml.Transforms.Conversion.MapValueToKey(nameof(NumberedImage.Label)).Fit(rows);
        var tiny = ml.Model.Load(TinyClassifier.WriteZip(Path.Combine(_files.Folder, "tiny.zip")), out _);
        var zip = Path.Combine(_files.Folder, "model.zip");
        ml.Model.Save(new TransformerChain<ITransformer>(keys, tiny), rows.Schema, zip);

        var result = new ScoringBenchmark(zip, Images(4), Options()).Run(cancellationToken: Cancellation);

        Assert.All(result.Paths, way => Assert.True(way.ImagesPerSecond > 0));
    }

    [Fact]
    public void Run_UnreadableImages_LeavesThemOutAndCountsThem()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
        string[] images = [.. Images(2), _files.AddFile("zero.jpg"), _files.AddFile("text.png", 1, 2, 3)];

        var result = new ScoringBenchmark(model, images, Options()).Run(cancellationToken: Cancellation);

        Assert.Equal((2, 2), (result.Images, result.Unreadable));
    }

    [Fact]
    public void Run_MoreImagesThanWanted_TakesSoMany()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));

        var result = new ScoringBenchmark(model, Images(5), Options() with { Images = 3 }).Run(cancellationToken: Cancellation);

        Assert.Equal(3, result.Images);
    }

    [Fact]
    public void Run_NoReadableImage_SaysWhy()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
        var benchmark = new ScoringBenchmark(model, [_files.AddFile("zero.jpg")], Options());

        var error = Assert.Throws<ImageDataException>(() => benchmark.Run(cancellationToken: Cancellation));

        Assert.EndsWith("zero.jpg, the file is empty.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CancelledInTheSecondRound_Stops()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var turns = new Turns(turn =>
        {
            if (turn == (ScoringPathName.Session, 1))
            {
                stop.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => new ScoringBenchmark(model, Images(2), Options()).Run(turns, stop.Token));

        // The first round, then decoding and the session of the second.
        Assert.Equal(ExpectedPaths(threads: 1, ScoringPathName.Batched, ScoringPathName.Classifier).Length + 2, turns.Count);
    }

    [Fact]
    public void Run_NoModel_SaysSo()
    {
        var benchmark = new ScoringBenchmark(_files.AddImage("x.png"), Images(1), Options());

        Assert.Throws<ModelFileException>(() => benchmark.Run(cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Run_NumberTooSmall_Throws(int images, int rounds, int threads)
    {
        var scoring = new ImageScoringOptions { Threads = threads };
        var options = new ScoringBenchmarkOptions { Images = images, Rounds = rounds, Scoring = scoring };

        Assert.Throws<OptionOutOfRangeException>(
            () => new ScoringBenchmark("model.onnx", ["x.png"], options).Run(cancellationToken: Cancellation));
    }

    /// <summary>Decoding 200/s, session 100/s, stock 40 and 50, batched 75, classifier 60, int8 180, fp16 30.</summary>
    [Fact]
    public void Ratios_ByHand_AreThese()
    {
        (string Name, double Rate)[] rates =
        [
            (ScoringPathName.Decode, 200), (ScoringPathName.Session, 100), (ScoringPathName.Stock, 40), (ScoringPathName.StockDefault, 50),
            (ScoringPathName.Batched, 75), (ScoringPathName.Classifier, 60), (ScoringPathName.Int8, 180),
            (ScoringPathName.Fp16, 30),
        ];

        var ratios = ScoringRatios.Of([.. rates.Select(rate => new ScoringPathResult(rate.Name, rate.Rate, 0, 0))]);

        // One after the other: 1/200 + 1/100 s an image, 66.7 images/s.
        Assert.Equal(0.6, ratios.ClassifierToSlowerBare, precision: 6);
        Assert.Equal(0.9, ratios.ClassifierToBareSum, precision: 6);
        Assert.Equal(1.2, ratios.ClassifierToStock, precision: 6);
        Assert.Equal(1.5, ratios.BatchedToStock, precision: 6);
        Assert.Equal(3, ratios.Int8ToClassifier!.Value, precision: 6);
        Assert.Equal(0.5, ratios.Fp16ToClassifier!.Value, precision: 6);
    }

    /// <summary>The default of the stock chain is measured where all cores are used, which on a machine with one core is always.</summary>
    private static string[] ExpectedPaths(int threads, params string[] rest) =>
    [
        ScoringPathName.Decode, ScoringPathName.Session, ScoringPathName.Stock,
        .. threads >= Environment.ProcessorCount ? (string[])[ScoringPathName.StockDefault] : [],
        .. rest,
    ];

    private static ScoringBenchmarkOptions Options(PixelMode pixels = PixelMode.Exact) =>
        new() { Rounds = 2, Scoring = new ImageScoringOptions { Pixels = pixels, Threads = 1 } };

    private List<string> Images(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _files.AddImage($"{i}.png", seed: i, width: 20 + i, height: 12))];

    private sealed class NumberedImage
    {
        public string ImagePath { get; set; } = "";

        public int Label { get; set; }
    }

    private sealed class Turns(Action<(string Path, int Round)> begins) : IProgress<(string Path, int Round)>
    {
        public int Count { get; private set; }

        public void Report((string Path, int Round) value)
        {
            Count++;
            begins(value);
        }
    }
}
