using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;
using static MLNetExtensions.Tests.Scoring.DataViews.BatchFixture;

namespace MLNetExtensions.Tests.Scoring.DataViews;

/// <summary>What else than paths a chain may begin with: images, and pixels.</summary>
public sealed class BatchInputTests : IDisposable
{
    private const int Size = TinyClassifier.ImageSize;

    private readonly BatchFixture _fixture = new();

    public static TheoryData<string> WaysFromFileToPixels => ["files", "images", "bytes", "floats"];

    public void Dispose() => _fixture.Dispose();

    /// <summary>A step between loader and classifier: what it does to the images is respected, so they are read through it.</summary>
    [Theory]
    [InlineData(PixelMode.Exact)]
    [InlineData(PixelMode.Fast)]
    public void Transform_ImagesChangedOnTheWay_AreScoredChanged(PixelMode mode)
    {
        var photos = _fixture.Photos(150);    // more than two of the batches that ML.NET splits rows into
        using var stock = Chain(
            ml => TinyClassifier.LoadImages(ml).Append(ml.Transforms.ConvertToGrayscale("Image")), PixelColumn.OfImages("Image", Size));
        using var batched = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { BatchSize = 5, Threads = 3, Pixels = mode });

        var (expected, actual) = (Scores(stock, photos), Scores(batched, photos));

        // Fast pixels average where exact ones skip, which moves a colour's mean, and that is sharpened.
        AssertClose(expected, actual, mode == PixelMode.Exact ? 1e-5f : 0.05f);
    }

    [Fact]
    public void Transform_ImagesOfALoaderFurtherUp_BadOnesCostThemselvesOnly()
    {
        var photos = _fixture.Photos(150, isBad: i => i % 50 == 7);
        var skipped = new List<string>();
        using var stock = Chain(
            ml => TinyClassifier.LoadImages(ml).Append(ml.Transforms.CopyColumns("Copy", "Text")), PixelColumn.OfImages("Image", Size));
        using var batched = _fixture.ML.Model.ToBatched(
            stock, new ImageScoringOptions { BatchSize = 4, Threads = 3 }, new Recorder(skipped));

        var scores = Scores(batched, photos);

        Assert.Equal(photos.Select(photo => photo.Number % 50 == 7), scores.Select(row => row.All(float.IsNaN)));
        Assert.Equal(["7", "57", "107"], skipped);
    }

    [Fact]
    public void Transform_ImagesInMemory_EqualsStockChain()
    {
        var images = _fixture.Photos(20).Select(photo => new ImageRow { Image = MLImage.CreateFromFile(photo.ImagePath) }).ToList();
        var view = _fixture.ML.Data.LoadFromEnumerable(images);
        using var stock = Chain(null, PixelColumn.OfImages("Image", Size), view);
        using var batched = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { BatchSize = 3 });

        var (expected, actual) = (Scores(stock, view), Scores(batched, view));

        AssertClose(expected, actual, 1e-5f);
        images.ForEach(row => row.Image.Dispose());
    }

    [Fact]
    public void Transform_Pixels_EqualsStockChain()
    {
        var random = new Random(1);
        var view = _fixture.ML.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(_ =>
        {
            var row = new PixelRow { Pixels = new byte[Size * Size * 3] };
            random.NextBytes(row.Pixels);
            return row;
        }).ToArray());
        using var stock = Chain(null, PixelColumn.Of(view, "Pixels", null, Size), view);
        using var batched = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { BatchSize = 3 });

        AssertClose(Scores(stock, view), Scores(batched, view), 1e-5f);
    }

    [Fact]
    public void Transform_PathsRelativeToAFolder_AreFound()
    {
        var photos = _fixture.Photos(6);
        photos.ForEach(photo => photo.ImagePath = Path.GetFileName(photo.ImagePath));
        using var stock = Chain(
            ml => ml.Transforms.LoadImages("Image", _fixture.Files.Folder, "ImagePath"), PixelColumn.OfImages("Image", Size));
        using var batched = _fixture.ML.Model.ToBatched(stock);

        AssertClose(Scores(stock, photos), Scores(batched, photos), 1e-5f);
    }

    [Fact]
    public void Transform_ImageColumnWanted_IsThere()
    {
        var photos = _fixture.Photos(9);
        using var stock = Chain(TinyClassifier.LoadImages, PixelColumn.OfImages("Image", Size));
        using var batched = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { BatchSize = 2 });
        var view = batched.Transform(_fixture.View(photos));
        using var cursor = view.GetRowCursor([view.Schema["Image"], view.Schema["Score"]]);
        var getImage = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;

        var widths = new List<int>();
        while (cursor.MoveNext())
        {
            getImage(ref image);
            widths.Add(image.Width);
        }

        Assert.Equal(photos.Select(photo => 12 + (photo.Number % 5)), widths);
    }

    [Fact]
    public void GetOutputSchema_WithoutTheImageColumn_SaysWhichIsMissing()
    {
        using var batched = _fixture.LoadBatched();
        var view = _fixture.ML.Data.LoadFromEnumerable([new PixelRow()]);

        var schema = Assert.Throws<ColumnMismatchException>(() => batched.GetOutputSchema(view.Schema));
        var rows = Assert.Throws<ColumnMismatchException>(() => batched.Transform(view));

        var columns = string.Join(", ", view.Schema.Select(column => $"'{column.Name}'"));
        Assert.Equal($"The data has no column 'ImagePath'; it has {columns}.", schema.Message);
        Assert.Equal(schema.Message, rows.Message);
    }

    /// <summary>Red above blue, stored upside down; the model looks at the upper half. The stock chain sees blue there.</summary>
    [Theory]
    [MemberData(nameof(WaysFromFileToPixels))]
    public void Transform_StoredTurned_IsTurnedWhateverComesBefore(string way)
    {
        var photos = new List<Photo> { new() { ImagePath = _fixture.Files.AddFile("turned.png", ExifNote.Add(BlueAboveRed(), 3)) } };
        using var stock = ChainOf(way, LookingUp(TinyClassifier.Model()));
        using var batched = _fixture.ML.Model.ToBatched(stock);
        using var asStored = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { IgnoreOrientation = true });

        Assert.Equal("blue", Best(stock, photos));
        Assert.Equal("red", Best(batched, photos));
        Assert.Equal("blue", Best(asStored, photos));
        var engine = _fixture.ML.Model.CreatePredictionEngine<Photo, ScoreRow>(batched);
        Assert.Equal("red", TinyClassifier.Colours[engine.Predict(photos[0]).Score.Index().MaxBy(score => score.Item).Index]);
    }

    [Theory]
    [MemberData(nameof(WaysFromFileToPixels))]
    public void Transform_FilesCutOff_CostThemselvesOnly(string way)
    {
        var whole = BlueAboveRed();
        var photos = _fixture.Photos(40);
        photos[3].ImagePath = _fixture.Files.AddFile("cut.png", whole[..^14]);
        photos[30].ImagePath = _fixture.Files.AddFile("cut too.png", whole[..60]);
        using var stock = ChainOf(way, TinyClassifier.Model());
        using var batched = _fixture.ML.Model.ToBatched(stock, new ImageScoringOptions { BatchSize = 3, Threads = 2 });

        var scores = Scores(batched, photos);

        Assert.Equal(photos.Select(photo => photo.Number is 3 or 30), scores.Select(row => row.All(float.IsNaN)));
    }

    private TransformerChain<ITransformer> ChainOf(string way, ModelProto model)
    {
        var size = new VectorDataViewType(way == "bytes" ? NumberDataViewType.Byte : NumberDataViewType.Single, Size, Size, 3);
        return way switch
        {
            "files" => Chain(TinyClassifier.LoadImages, PixelColumn.OfImages("Image", Size), model: model),
            "images" => Chain(
                ml => TinyClassifier.LoadImages(ml).Append(ml.Transforms.CopyColumns("Copy", "Text")), PixelColumn.OfImages("Image", Size),
                model: model),
            _ => Chain(
                ml => TinyClassifier.LoadImages(ml)
                    .Append(ml.Transforms.ResizeImages("Small", Size, Size, "Image", ImageResizingEstimator.ResizingKind.IsoCrop))
                    .Append(ml.Transforms.ExtractPixels(
                        "Extracted", "Small", interleavePixelColors: true, outputAsFloatArray: way == "floats")),
                PixelColumn.Of(ViewOf("Extracted", size), "Extracted", null, Size), model: model),
        };
    }

    private static IDataView ViewOf(string name, VectorDataViewType type)
    {
        var ml = new MLContext();
        var definition = SchemaDefinition.Create(typeof(Extracted));
        definition.Remove(
            definition.Single(column => (column.ColumnType is VectorDataViewType { ItemType: var item } ? item : null) != type.ItemType));
        definition.Single().ColumnName = name;
        definition.Single().ColumnType = type;
        return ml.Data.LoadFromEnumerable<Extracted>([], definition);
    }

    private string Best(ITransformer model, List<Photo> photos) =>
        TinyClassifier.Colours[Assert.Single(Scores(model, photos)).Index().MaxBy(score => score.Item).Index];

    private static byte[] BlueAboveRed()
    {
        using var bitmap = new SkiaSharp.SKBitmap(Size, Size);
        for (var i = 0; i < Size * Size; i++)
        {
            bitmap.SetPixel(i % Size, i / Size, i < Size * Size / 2 ? SkiaSharp.SKColors.Blue : SkiaSharp.SKColors.Red);
        }

        using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>The tiny classifier, but of the upper half.</summary>
    private static ModelProto LookingUp(ModelProto model)
    {
        const int Int64 = 7;
        foreach (var (name, value) in new[] { ("from", 0L), ("to", Size / 2), ("axis", 1) })
        {
            var bytes = ByteString.CopyFrom(BitConverter.GetBytes(value));
            model.Graph.Initializer.Add(new TensorProto { Name = name, DataType = Int64, Dims = { 1 }, RawData = bytes });
        }

        model.Graph.Node[0].Output[0] = "all";
        model.Graph.Node.Insert(1, new NodeProto { OpType = "Slice", Input = { "all", "from", "to", "axis" }, Output = { "floats" } });
        return model;
    }

    private TransformerChain<ITransformer> Chain(
        Func<MLContext, IEstimator<ITransformer>>? before, PixelColumn pixels, IDataView? view = null, ModelProto? model = null)
    {
        var ml = _fixture.ML;
        var onnx = Path.Combine(_fixture.Files.Folder, "chain.onnx");
        StockChain.WriteOnnx(model ?? TinyClassifier.Model(), onnx);
        var classifier = StockChain.Create(MLEnvironment.Of(ml.Transforms), pixels, onnx, ClassLabels.FromNames(TinyClassifier.Colours));
        var estimator = before is null ? classifier : before(ml).Append(classifier);
        return new TransformerChain<ITransformer>(estimator.Fit(view ?? _fixture.View([])));
    }

    private List<float[]> Scores(ITransformer model, List<Photo> photos) => Scores(model, _fixture.View(photos));

    private static List<float[]> Scores(ITransformer model, IDataView view)
    {
        var scored = model.Transform(view);
        return [.. scored.GetColumn<float[]>(scored.Schema["Score"])];
    }

    private static void AssertClose(List<float[]> expected, List<float[]> actual, float tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.All(
            pair.First.Zip(pair.Second), scores => Assert.Equal(scores.First, scores.Second, tolerance)));
    }

    private sealed class ImageRow
    {
        [ImageType(Size, Size)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class PixelRow
    {
        [VectorType(Size, Size, 3)]
        public byte[] Pixels { get; set; } = new byte[Size * Size * 3];
    }

    private sealed class ScoreRow
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Recorder(List<string> skipped) : IProgress<SkippedImage>
    {
        public void Report(SkippedImage value) => skipped.Add(value.Image);
    }

    private sealed class Extracted
    {
        public byte[] Bytes { get; set; } = [];

        public float[] Floats { get; set; } = [];
    }
}
