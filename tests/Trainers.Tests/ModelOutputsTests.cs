using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Options;
using TestImages;

namespace Trainers.Tests;

/// <summary>A model that was asked for more than scores in training, by every way that it is saved, loaded and scored.</summary>
public sealed class ModelOutputsTests : IDisposable
{
    private const ModelOutputs Both = ModelOutputs.Embedding | ModelOutputs.Heat;
    private const ModelOutputs All = Both | ModelOutputs.Familiarity;
    private const int Features = 64;        // of resnet20

    private static readonly ImageTrainingOptions Asking = TinyImages.Options with { Outputs = Both };

    private readonly TinyImages _images = new();

    /// <summary>The last layer alone: its twelve images are compared with each other.</summary>
    private ImageTrainingOptions Familiar =>
        TinyImages.Options with { Outputs = All, FineTuning = FineTuning.HeadOnly, Weights = Start() };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Zip => Path.Combine(_images.Files.Folder, "model.zip");

    private string Onnx => Path.Combine(_images.Files.Folder, "model.onnx");

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Save_StockLoad_HasTheOutputsAsColumns()
    {
        var view = FitAndSave(Asking);

        var scored = new MLContext().Model.Load(Zip, out _).Transform(view);

        var embeddings = Floats(scored, "Embedding");
        Assert.All(embeddings, embedding => Assert.Equal(Features, embedding.Length));
        Assert.Contains(embeddings, embedding => embedding.Any(value => value != 0));
        Assert.Equal([1, 2, 2], Assert.IsType<VectorDataViewType>(scored.Schema["Heat"].Type).Dimensions);
        Assert.All(Floats(scored, "Heat"), heat => Assert.Equal(4, heat.Length));
    }

    [Fact]
    public void Save_NothingAskedFor_LeavesColumnsOfTheseNamesAlone()
    {
        FitAndSave(TinyImages.Options);
        var rows = _images.Rows(TinyImages.Labels).Select((row, i) => new Named
        {
            ImagePath = row.ImagePath,
            Label = row.Label,
            Embedding = $"embedding {i}",
            Heat = i,
            Familiarity = $"familiarity {i}",
        }).ToArray();

        var scored = new MLContext().Model.Load(Zip, out _).Transform(_images.View(rows));

        Assert.Equal(rows.Select(row => row.Embedding), scored.GetColumn<string>("Embedding"));
        Assert.Equal(rows.Select(row => row.Heat), scored.GetColumn<int>("Heat"));
        Assert.Equal(rows.Select(row => row.Familiarity), scored.GetColumn<string>("Familiarity"));
    }

    [Fact]
    public void ToBatched_Columns_AreThoseOfTheStockChain()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var model = _images.Classifier(Asking).Fit(view);
        using var batched = model.ToBatched();

        var (stock, ours) = (model.Transform(view), batched.Transform(view));

        Assert.Equal(Visible(stock), Visible(ours));
        foreach (var name in new[] { "Score", "Embedding", "Heat" })
        {
            Assert.All(Floats(stock, name).Zip(Floats(ours, name)), pair => AssertClose(pair.First, pair.Second));
        }
    }

    [Fact]
    public void ToBatched_SavedAgain_KeepsTheOutputs()
    {
        var view = FitAndSave(Asking);
        var again = Path.Combine(_images.Files.Folder, "again.zip");
        using (var batched = _images.ML.Model.LoadImageClassifier(Zip))
        {
            _images.ML.Model.Save(batched, view.Schema, again);
        }

        var first = new MLContext().Model.Load(Zip, out _).Transform(view);
        var second = new MLContext().Model.Load(again, out _).Transform(view);

        Assert.All(Floats(first, "Embedding").Zip(Floats(second, "Embedding")), pair => AssertClose(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predict_ZipAndOnnx_HaveWhatTheStockChainHas(bool isZip)
    {
        var view = FitAndSave(Asking);
        var stock = new MLContext().Model.Load(Zip, out _).Transform(view);
        using var classifier = ImageClassifier.Load(isZip ? Zip : Onnx);

        var predictions = classifier.PredictMany(view.GetColumn<string>("ImagePath"), Token);

        Assert.Equal(Both, classifier.Outputs);
        Assert.All(predictions, prediction => Assert.Null(prediction.Familiarity));
        Assert.All(
            predictions.Zip(Floats(stock, "Embedding")), pair => AssertClose(pair.Second, [.. pair.First.Embedding!]));
        Assert.All(predictions.Zip(Floats(stock, "Heat")), pair => AssertClose(pair.Second, [.. pair.First.Heat!.Values]));
        Assert.All(predictions, prediction => Assert.Equal((2, 2), (prediction.Heat!.Rows, prediction.Heat.Columns)));
    }

    [Fact]
    public void Predict_NoneAskedFor_HoldsScoresOnly()
    {
        var view = FitAndSave(Asking);
        using var classifier = ImageClassifier.Load(Onnx, new ImageScoringOptions { Outputs = ModelOutputs.None });

        var prediction = classifier.Predict(ImageSource.FromFile(view.GetColumn<string>("ImagePath").First()), Token);

        Assert.Null(prediction.Embedding);
        Assert.Null(prediction.Heat);
    }

    [Fact]
    public void Load_OutputThatTheModelLacks_SaysHowToExportIt()
    {
        FitAndSave(Asking);

        var error = Assert.Throws<ModelFileException>(
            () => ImageClassifier.Load(Onnx, new ImageScoringOptions { Outputs = ModelOutputs.Familiarity }));

        Assert.Contains("does not give Familiarity", error.Message, StringComparison.Ordinal);
        Assert.Contains("--outputs embedding,heat,familiarity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_OwnModelAsWeights_AddsOutputsAndKeepsScores()
    {
        var view = FitAndSave(TinyImages.Options);
        var images = view.GetColumn<string>("ImagePath").ToList();
        var more = Path.Combine(_images.Files.Folder, "more.onnx");

        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), more, new OnnxExportOptions { Weights = Zip, Outputs = Both },
            Token);

        using var before = ImageClassifier.Load(Onnx);
        using var after = ImageClassifier.Load(more);
        Assert.Equal(Both, after.Outputs);
        Assert.All(
            before.PredictMany(images, Token).Zip(after.PredictMany(images, Token)),
            pair => AssertClose([.. pair.First.Scores], [.. pair.Second.Scores]));
    }

    [Fact]
    public void Fit_ModelWithOutputsAsWeights_StartsFromItsWeights()
    {
        var view = FitAndSave(Asking);
        var weights = Path.Combine(_images.Files.Folder, "again.onnx");

        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), weights, new OnnxExportOptions { Weights = Onnx }, Token);

        using var first = ImageClassifier.Load(Onnx);
        using var second = ImageClassifier.Load(weights);
        var image = ImageSource.FromFile(view.GetColumn<string>("ImagePath").First());
        AssertClose([.. first.Predict(image, Token).Scores], [.. second.Predict(image, Token).Scores]);
        Assert.Equal(ModelOutputs.None, second.Outputs);
    }

    [Fact]
    public void Save_Familiarity_IsAColumnOfTheStockChainAndTheSameEverywhere()
    {
        var view = FitAndSave(Familiar);
        var stock = new MLContext().Model.Load(Zip, out _).Transform(view);
        using var classifier = ImageClassifier.Load(Onnx);
        using var batched = _images.ML.Model.LoadImageClassifier(Zip);

        var predictions = classifier.PredictMany(view.GetColumn<string>("ImagePath"), Token);

        Assert.Equal(Visible(stock), Visible(batched.Transform(view)));
        var expected = Floats(stock, "Familiarity");
        Assert.All(expected, familiarity => Assert.InRange(Assert.Single(familiarity), 1 / 13f, 1));
        Assert.Equal(All, classifier.Outputs);
        Assert.All(expected.Zip(predictions), pair => Assert.Equal(pair.First[0], pair.Second.Familiarity!.Value, 1e-5f));
        Assert.All(
            expected.Zip(Floats(batched.Transform(view), "Familiarity")), pair => AssertClose(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Export_OwnModelWithFamiliarity_KeepsIt(bool isZip)
    {
        var view = FitAndSave(Familiar);
        var images = view.GetColumn<string>("ImagePath").ToList();
        var again = Path.Combine(_images.Files.Folder, "again.onnx");

        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), again, new OnnxExportOptions { Weights = isZip ? Zip : Onnx, Outputs = All }, Token);

        using var before = ImageClassifier.Load(Onnx);
        using var after = ImageClassifier.Load(again);
        Assert.Equal(
            before.PredictMany(images, Token).Select(prediction => prediction.Familiarity),
            after.PredictMany(images, Token).Select(prediction => prediction.Familiarity));
    }

    [Fact]
    public void Export_FamiliarityOfAClassMemory_ComparesWithItsImages()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var path = Path.Combine(_images.Files.Folder, "memory", "model.onnx");
        using (var model = _images.Classifier(Familiar with { Outputs = ModelOutputs.None }).Fit(view))
        {
            model.SaveOnnx(path);
            model.SaveClassMemory(Path.Combine(_images.Files.Folder, "memory", "classes.safetensors"));
        }

        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), Onnx, new OnnxExportOptions { Weights = path, Outputs = All }, Token);

        using var classifier = ImageClassifier.Load(Onnx);
        Assert.All(
            classifier.PredictMany(view.GetColumn<string>("ImagePath"), Token),
            prediction => Assert.InRange(prediction.Familiarity!.Value, 1 / 13f, 1));
    }

    [Fact]
    public void Export_FamiliarityOfNothingKnown_SaysToTrain()
    {
        FitAndSave(TinyImages.Options);

        var error = Assert.Throws<OptionOutOfRangeException>(() => OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), Path.Combine(_images.Files.Folder, "again.onnx"),
            new OnnxExportOptions { Weights = Onnx, Outputs = ModelOutputs.Familiarity }, Token));

        Assert.Contains("ask for it in training", error.Message, StringComparison.Ordinal);
    }

    // Rounding moves features by some per cents, and so the order among twelve known images by little.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quantize_ModelWithAllOutputs_KeepsThem(bool isInt8)
    {
        var view = FitAndSave(Familiar);
        var images = view.GetColumn<string>("ImagePath").ToList();
        var smaller = Path.Combine(_images.Files.Folder, "smaller.onnx");
        if (isInt8)
        {
            ImageClassifierQuantizer.QuantizeUnlabeled(Zip, images, smaller, cancellationToken: Token);
        }
        else
        {
            ImageClassifierQuantizer.HalveWeights(Zip, smaller, cancellationToken: Token);
        }

        using var before = ImageClassifier.Load(Onnx);
        using var after = ImageClassifier.Load(smaller);
        Assert.Equal(All, after.Outputs);
        Assert.Equal(before.Metadata.FamiliarityImages, after.Metadata.FamiliarityImages);
        Assert.All(before.PredictMany(images, Token).Zip(after.PredictMany(images, Token)), pair =>
        {
            var scale = pair.First.Embedding!.Max(Math.Abs);
            Assert.All(
                pair.First.Embedding!.Zip(pair.Second.Embedding!), values => Assert.Equal(values.First, values.Second, 0.1 * scale));
            Assert.InRange(pair.Second.Familiarity!.Value, 1 / 13f, 1);
        });
    }

    [Fact]
    public void Fit_FamiliarityWithoutHeldOutImages_IsRefused()
    {
        var view = _images.Labelled(TinyImages.Labels);

        var error = Assert.Throws<ImageDataException>(() => _images.Classifier(TinyImages.Options with { Outputs = All }).Fit(view));

        Assert.Contains("none are held out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FamiliarityOfAWholeTraining_IsMeasuredOnHeldOutImages()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var model = _images.Classifier(TinyImages.Options with { Outputs = All, ValidationFraction = 0.3 }).Fit(view);

        // Three of twelve images are held out: the smallest value is 1 / (1 + 3).
        Assert.All(Floats(model.Transform(view), "Familiarity"), value => Assert.InRange(value[0], 0.25f, 1));
    }

    [Fact]
    public void GetOutputSchema_BeforeFit_HasTheOutputs()
    {
        var shape = SchemaShapes.Of(_images.Labelled(TinyImages.Labels).Schema);

        var columns = _images.Classifier(Familiar).GetOutputSchema(shape).Select(column => column.Name).ToList();

        Assert.Contains("Embedding", columns);
        Assert.Contains("Heat", columns);
        Assert.Contains("Familiarity", columns);
    }

    [Fact]
    public void Fit_HeatOfAlexNet_IsRefusedBeforeTraining()
    {
        var view = _images.Labelled(TinyImages.Labels);

        var error = Assert.Throws<OptionOutOfRangeException>(
            () => _images.Classifier("alexnet", Asking with { ImageSize = 64 }).Fit(view));

        Assert.Contains("alexnet", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Random weights of the three classes.</summary>
    private string Start()
    {
        var path = Path.Combine(_images.Files.Folder, "start.onnx");
        OnnxExporter.Export(
            ImageModels.Get(TinyImages.Architecture), path,
            new OnnxExportOptions { Labels = ["tulip", "rose", "daisy"], ImageSize = TinyImages.Size }, Token);
        return path;
    }

    private IDataView FitAndSave(ImageTrainingOptions options)
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var model = _images.LoadImages().Append(_images.Classifier(options)).Fit(view);
        _images.ML.Model.Save(model, view.Schema, Zip);
        model.LastTransformer.SaveOnnx(Onnx);
        return view;
    }

    private static float[][] Floats(IDataView view, string column) =>
        [.. view.GetColumn<VBuffer<float>>(column).Select(values => values.DenseValues().ToArray())];

    private static IEnumerable<string> Visible(IDataView view) =>
        view.Schema.Where(column => !column.IsHidden).Select(column => $"{column.Name} {column.Type}");

    // One image a call here and several there may sum in another order.
    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

    private sealed class Named
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";

        public string Embedding { get; set; } = "";

        public int Heat { get; set; }

        public string Familiarity { get; set; } = "";
    }
}
