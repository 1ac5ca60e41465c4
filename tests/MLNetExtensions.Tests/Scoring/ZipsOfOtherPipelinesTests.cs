using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using MLNetExtensions.Tests.Scoring.DataViews;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>
/// Zips whose pipelines take other columns than <c>ImagePath</c> and a label of text: what ML.NET loads, <see cref="ImageClassifier"/>
/// loads.
/// </summary>
public sealed class ZipsOfOtherPipelinesTests : IDisposable
{
    private const int Size = TinyClassifier.ImageSize;
    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_LabelsOfAnyType_Loads()
    {
        Assert.Equal("red", Label(Zip<int>(1, 2)));
        Assert.Equal("red", Label(Zip<float>(1.5f, 2)));
        Assert.Equal("red", Label(Zip<double>(1.5, 2)));
        Assert.Equal("red", Label(Zip<bool>(true, false)));
        Assert.Equal("red", Label(Zip<ulong>(7, 3)));
        Assert.Equal("red", Label(Zip<byte>(7, 3)));
        Assert.Equal("red", Label(Zip(DateTime.UnixEpoch, DateTime.MaxValue)));
        Assert.Equal("red", Label(Zip("x", "y")));
    }

    [Fact]
    public void Load_PathColumnOfAnotherNameBesideOthers_FindsIt()
    {
        var view = _ml.Data.LoadFromEnumerable(
            new[] { new Listing { ImageSource = "x", Thumbnail = "y", Title = "a title", Prices = [1, 2] } });
        var front = _ml.Transforms.LoadImages("Small", "", "Thumbnail")
            .Append(_ml.Transforms.Text.FeaturizeText("Words", "Title"))
            .Append(_ml.Transforms.Concatenate("Numbers", "Prices"))
            .Append(_ml.Transforms.LoadImages("Image", _files.Folder, "ImageSource"));

        Assert.Equal("red", Label(Save(front, view)));
    }

    [Fact]
    public void Load_SavedWithoutASchema_FindsThePathsByTheirLoader()
    {
        var view = _ml.Data.LoadFromEnumerable(new[] { new Labelled<int> { ImagePath = "x", Label = 1 } });
        var front = _ml.Transforms.Conversion.MapValueToKey("Label").Append(TinyClassifier.LoadImages(_ml));

        Assert.Equal("red", Label(Save(front, view, withSchema: false)));
    }

    [Fact]
    public void Load_SavedWithItsLoader_TakesTheLoadersSchema()
    {
        var loader = _ml.Data.CreateTextLoader<Labelled<float>>();
        var view = loader.Load(_files.AddFile("rows.tsv", "x\t1\ny\t2\n"u8.ToArray()));
        var front = _ml.Transforms.Conversion.MapValueToKey("Label").Append(TinyClassifier.LoadImages(_ml));
        var path = In("loader.zip");
        _ml.Model.Save(Chain(front).Fit(view), loader, path);

        Assert.Equal("red", Label(path));
    }

    [Fact]
    public void Load_ThatTakesDecodedImages_Loads()
    {
        var view = _ml.Data.LoadFromEnumerable(Array.Empty<Decoded>());

        Assert.Equal("red", Label(Save(null, view)));
    }

    [Fact]
    public void Load_ThatScalesItsPixelsAndUndoesIt_Loads()
    {
        var path = _files.AddImage("one.png");
        var view = _ml.Data.LoadFromEnumerable(new[] { new LabeledImage { ImagePath = path } });
        var front = TinyClassifier.LoadImages(_ml).Append(_ml.Transforms.ResizeImages("Image", Size, Size))
            .Append(_ml.Transforms.ExtractPixels(
            "Pixels", "Image", scaleImage: 1 / 127.5f, offsetImage: 127.5f,
            orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ABGR));
        var pixels = PixelColumn.Of(front.Fit(view).Transform(view), "Pixels", null, Size);

        Assert.Equal("red", Label(Save(front, view, pixels: pixels)));
    }

    [Fact]
    public void Load_ThatTakesPixels_SaysSo()
    {
        var view = _ml.Data.LoadFromEnumerable(Array.Empty<Pixels>());
        var path = Save(null, view, pixels: PixelColumn.Of(view, "Image", null, Size));

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(path));

        Assert.Equal(
            $"'{path}' takes Vector<Byte, 8, 8, 3> in its column 'Image', not image files or images; score it with MLContext.Model.Load " +
            "and PredictionEngine, or in batches with MLContext.Model.Load and ToBatched.",
            error.Message);
    }

    [Fact]
    public void Load_ThatMakesGreyImages_IsRefusedForItsPixels()
    {
        var view = _ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        var path = Save(TinyClassifier.LoadImages(_ml).Append(_ml.Transforms.ConvertToGrayscale("Image")), view);

        var error = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(path));

        Assert.Contains("does not prepare its images as", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadImageFiles_PathColumnOfAnotherNameBesideOthers_GivesRowsThatScore()
    {
        var view = _ml.Data.LoadFromEnumerable(
            new[] { new Listing { ImageSource = "x", Thumbnail = "y", Title = "a title", Prices = [1, 2] } });
        var front = _ml.Transforms.LoadImages("Small", "", "Thumbnail").Append(_ml.Transforms.LoadImages("Image", "", "ImageSource"));
        var chain = _ml.Model.Load(Save(front, view), out var schema);

        var rows = _ml.Data.LoadImageFiles([_files.AddImage("red.png", width: 30, height: 20)], chain, schema);

        Assert.Equal("red", Assert.Single(chain.Transform(rows).GetColumn<string>(StockChain.PredictedLabel)));
    }

    [Fact]
    public void LoadImageFiles_PipelineThatTakesPixels_SaysSo()
    {
        var view = _ml.Data.LoadFromEnumerable(Array.Empty<Pixels>());
        var chain = _ml.Model.Load(Save(null, view, pixels: PixelColumn.Of(view, "Image", null, Size)), out var schema);

        var error = Assert.Throws<ModelFileException>(() => _ml.Data.LoadImageFiles(["x.png"], chain, schema));

        Assert.Equal("The pipeline takes Vector<Byte, 8, 8, 3> in its column 'Image', not image files or images.", error.Message);
    }

    private string Zip<T>(params T[] labels)
    {
        var view = _ml.Data.LoadFromEnumerable(labels.Select(label => new Labelled<T> { ImagePath = "x", Label = label }).ToArray());
        return Save(_ml.Transforms.Conversion.MapValueToKey("Label").Append(TinyClassifier.LoadImages(_ml)), view);
    }

    private string Save(IEstimator<ITransformer>? front, IDataView view, bool withSchema = true, PixelColumn? pixels = null)
    {
        var path = In("model.zip");
        _ml.Model.Save(Chain(front, pixels).Fit(view), withSchema ? view.Schema : null, path);
        return path;
    }

    private EstimatorChain<KeyToValueMappingTransformer> Chain(IEstimator<ITransformer>? front, PixelColumn? pixels = null)
    {
        var onnx = In("chain.onnx");
        StockChain.WriteOnnx(BatchFixture.WithSlotNames(TinyClassifier.Model()), onnx);
        var chain = StockChain.Create(
            MLEnvironment.Of(_ml.Transforms), pixels ?? PixelColumn.OfImages("Image", Size), onnx,
            ClassLabels.FromNames(TinyClassifier.Colours));
        return (front is null ? chain : front.Append(chain)).Append(_ml.Transforms.Conversion.MapKeyToValue(StockChain.PredictedLabel));
    }

    /// <summary>What a zip says of a red image, by <see cref="ImageClassifier"/>; the batched chain must take it, too.</summary>
    private string Label(string zip)
    {
        using var batched = _ml.Model.LoadImageClassifier(zip);
        using var classifier = ImageClassifier.Load(zip);
        return classifier.Predict(_files.AddImage("red.png", width: 30, height: 20), TestContext.Current.CancellationToken).Label!;
    }

    private string In(string name) => Path.Combine(_files.Folder, name);

    private sealed class Labelled<T>
    {
        [LoadColumn(0)]
        public string ImagePath { get; set; } = "";

        [LoadColumn(1)]
        public T Label { get; set; } = default!;
    }

    private sealed class Listing
    {
        public string Thumbnail { get; set; } = "";

        public string ImageSource { get; set; } = "";

        public string Title { get; set; } = "";

        [VectorType(2)]
        public float[] Prices { get; set; } = [];
    }

    private sealed class Decoded
    {
        [ImageType(Size, Size)]
        public MLImage Image { get; set; } = null!;

        /// <summary>ML.NET saves no schema of images alone.</summary>
        public string Title { get; set; } = "";
    }

    private sealed class Pixels
    {
        [VectorType(Size, Size, 3)]
        public byte[] Image { get; set; } = [];
    }
}
