using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace Trainers.Tests;

/// <summary>
/// Bytes of images, as <c>LoadRawImageBytes</c> makes them and samples of ML.NET's own trainer feed them: the same model as of images.
/// </summary>
public sealed class EncodedBytesTests : IDisposable
{
    private readonly TinyImages _images = new();

    private MLContext ML => _images.ML;

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Fit_BytesOfFiles_GivesTheModelOfTheirImages()
    {
        var rows = _images.Rows(TinyImages.Labels);
        var (images, bytes) = (_images.View(rows), Front(rows).Fit(View(rows)).Transform(View(rows)));

        using var ofImages = _images.Classifier().Fit(images);
        using var ofBytes = _images.Classifier().Fit(bytes);

        Assert.Equal(TinyImages.Scores(ofImages, images), TinyImages.Scores(ofBytes, bytes));
        Assert.Equal(TinyImages.PredictedKeys(ofImages, images), TinyImages.PredictedKeys(ofBytes, bytes));
    }

    /// <summary>As the samples have it: one pipeline, a cache, a folder that the paths are relative to.</summary>
    [Fact]
    public void Pipeline_SavedAndLoaded_IsOfStockPartsAndScoresInEveryDoor()
    {
        var rows = _images.Rows(TinyImages.Labels);
        foreach (var row in rows)
        {
            row.ImagePath = Path.GetFileName(row.ImagePath);
        }

        var pipeline = Front(rows).AppendCacheCheckpoint(ML).Append(_images.Classifier())
            .Append(ML.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var fitted = pipeline.Fit(View(rows));
        var zip = Path.Combine(_images.Files.Folder, "model.zip");
        ML.Model.Save(fitted, View(rows).Schema, zip);

        var stock = new MLContext().Model.Load(zip, out _);
        using var classifier = ImageClassifier.Load(zip);
        using var batched = ML.Model.LoadImageClassifier(zip);

        var expected = TinyImages.Scores(fitted, View(rows));
        Assert.All(Flatten(stock), step => Assert.StartsWith(
            "Microsoft.ML", step.GetType().Assembly.GetName().Name, StringComparison.Ordinal));
        Assert.Equal(expected, TinyImages.Scores(stock, View(rows)));
        Assert.Equal(expected, TinyImages.Scores(batched, View(rows)));
        Assert.Equal(
            Names(stock.GetOutputSchema(View(rows).Schema)), Names(batched.GetOutputSchema(View(rows).Schema)));
        Assert.Equal(
            expected,
            rows.Select(row => classifier.Predict(
                File.ReadAllBytes(Path.Combine(_images.Files.Folder, row.ImagePath)), TestContext.Current.CancellationToken).Scores));
    }

    [Fact]
    public void GetOutputSchema_OfBytes_HasTheColumnsThatAreMade()
    {
        var rows = _images.Rows(TinyImages.Labels);
        var view = Front(rows).Fit(View(rows)).Transform(View(rows));
        using var model = _images.Classifier().Fit(view);

        var shape = _images.Classifier().GetOutputSchema(SchemaShapes.Of(view.Schema));

        Assert.Equal(Names(model.GetOutputSchema(view.Schema)), shape.Select(column => column.Name).Order());
    }

    [Fact]
    public void Fit_BytesOfFiles_SaysWhichLineReadsThemOnce()
    {
        var rows = _images.Rows(TinyImages.Labels);
        var view = Front(rows).Fit(View(rows)).Transform(View(rows));
        var lines = new List<string>();
        ML.Log += (_, line) => lines.Add(line.Message);

        using var model = _images.Classifier().Fit(view);

        Assert.Contains(lines, line => line.Contains("""LoadImages("Image", imageFolder, "ImagePath")""", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_BytesWithoutFiles_SaysWhichLineToWrite()
    {
        var view = ML.Transforms.Conversion.MapValueToKey("Label").Fit(InMemory()).Transform(InMemory());

        var fit = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(view));
        var schema = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().GetOutputSchema(SchemaShapes.Of(view.Schema)));

        Assert.Equal(
            "The column 'Image' holds encoded bytes, which no stock transformer decodes, so that a saved model could not score them: " +
            """load the images from their files by LoadImages("Image", imageFolder, "ImagePath"), or take LoadRawImageBytes' own """ +
            "column and keep that of its paths.",
            fit.Message);
        Assert.Equal(fit.Message, schema.Message);
    }

    private static IEnumerable<string> Names(DataViewSchema schema) => schema.Select(column => column.Name).Distinct().Order();

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];

    private IDataView View(TinyImages.LabeledRow<string>[] rows) => ML.Data.LoadFromEnumerable(rows);

    private IDataView InMemory() => ML.Data.LoadFromEnumerable(
        _images.Rows(TinyImages.Labels)
            .Select((row, i) => new EncodedRow { Image = File.ReadAllBytes(row.ImagePath), Label = (uint)(i % 3) }));

    private EstimatorChain<ImageLoadingTransformer> Front(TinyImages.LabeledRow<string>[] rows) =>
        ML.Transforms.Conversion.MapValueToKey("Label").Append(ML.Transforms.LoadRawImageBytes(
            "Image", Path.IsPathRooted(rows[0].ImagePath) ? "" : _images.Files.Folder, "ImagePath"));

    private sealed class EncodedRow
    {
        public byte[] Image { get; set; } = [];

        public uint Label { get; set; }
    }
}
