using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers;
using TestImages;

namespace Trainers.Tests;

public sealed class ImageClassificationTransformerTests(FittedClassifier fitted) : IClassFixture<FittedClassifier>, IDisposable
{
    private readonly ImageFiles _output = new();

    private MLContext ML => fitted.ML;

    private ImageClassificationTransformer Model => fitted.Model;

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Transform_Scores_AreProbabilities()
    {
        const double Tolerance = 1e-5;    // three single-precision numbers that sum to 1

        var scores = TinyImages.Scores(Model, fitted.View);

        Assert.Equal(TinyImages.Labels.Count, scores.Length);
        Assert.All(scores, row => Assert.Equal(1, row.Sum(), Tolerance));
        Assert.All(scores.SelectMany(row => row), score => Assert.InRange(score, 0, 1));
    }

    [Fact]
    public void Transform_ColumnsWithNamesOfTemporaries_SurviveUnchanged()
    {
        var rows = fitted.Images.Rows(TinyImages.Labels).Select((row, i) => new Crowded
        {
            ImagePath = row.ImagePath,
            Label = row.Label,
            Pixels = $"pixels {i}",
            PredictedIndex = i,
            IndexHash = $"hash {i}",
            Resized = i * 0.5f,
            Hash = (uint)i,
            Value = $"value {i}",
        }).ToArray();
        var view = fitted.Images.View(rows);

        var scored = Model.Transform(view);

        Assert.Equal(rows.Select(r => r.Pixels), scored.GetColumn<string>("Pixels"));
        Assert.Equal(rows.Select(r => r.PredictedIndex), scored.GetColumn<long>("PredictedIndex"));
        Assert.Equal(rows.Select(r => r.IndexHash), scored.GetColumn<string>("IndexHash"));
        Assert.Equal(rows.Select(r => r.Resized), scored.GetColumn<float>("Resized"));
        Assert.Equal(rows.Select(r => r.Hash), scored.GetColumn<uint>("Hash"));
        Assert.Equal(rows.Select(r => r.Value), scored.GetColumn<string>("Value"));
    }

    [Fact]
    public void Transform_ImageColumn_SurvivesUnchanged()
    {
        var path = fitted.Images.Files.AddImage("wide.png", seed: 7, width: 24, height: 16);
        var view = fitted.Images.View([new TinyImages.LabeledRow<string> { ImagePath = path, Label = "rose" }]);

        var scored = Model.Transform(view);

        using var expected = MLImage.CreateFromFile(path);
        MLImage? image = null;
        using var cursor = scored.GetRowCursor([scored.Schema["Image"]]);
        Assert.True(cursor.MoveNext());
        cursor.GetGetter<MLImage>(scored.Schema["Image"])(ref image!);
        Assert.Equal((24, 16), (image.Width, image.Height));
        Assert.Equal(expected.Pixels.ToArray(), image.Pixels.ToArray());
    }

    [Fact]
    public void GetOutputSchema_Columns_AreTheInputsThenScoreAndPredictedLabel()
    {
        var input = fitted.View.Schema.Where(column => !column.IsHidden).Select(column => column.Name);

        var schema = Model.GetOutputSchema(fitted.View.Schema);

        Assert.Equal([.. input, "Score", "PredictedLabel"], schema.Where(column => !column.IsHidden).Select(column => column.Name));
    }

    [Fact]
    public void GetOutputSchema_HiddenColumns_HoldNoTemporaryByAnyNameOfTheCallers()
    {
        var inputs = fitted.View.Schema.Select(column => column.Name).ToHashSet();

        var schema = Model.GetOutputSchema(fitted.View.Schema);

        // What stays behind of the chain is hidden, and ours: PredictedLabel before it became a key.
        Assert.All(
            schema.Where(column => column.IsHidden && !inputs.Contains(column.Name)),
            column => Assert.Equal("PredictedLabel", column.Name));
    }

    [Fact]
    public void Transform_StockEvaluate_CountsTheRightPredictions()
    {
        var labels = fitted.View.GetColumn<uint>("Label");
        var right = labels.Zip(TinyImages.PredictedKeys(Model, fitted.View)).Count(pair => pair.First == pair.Second);

        var metrics = ML.MulticlassClassification.Evaluate(Model.Transform(fitted.View));

        Assert.Equal((double)right / TinyImages.Labels.Count, metrics.MicroAccuracy, 1e-12);    // a division of small integers
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void Transform_MapKeyToValue_GivesTheLabelOfTheLargestScore()
    {
        var toValue = Model.Append(ML.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Model.Transform(fitted.View)));

        var predicted = toValue.Transform(fitted.View).GetColumn<string>("PredictedLabel");

        var expected = TinyImages.Scores(Model, fitted.View).Select(scores => Model.Labels[Array.IndexOf(scores, scores.Max())]);
        Assert.Equal(expected, predicted);
    }

    [Fact]
    public void PredictionEngine_OneImage_ScoresAsTransformDoes()
    {
        var pipeline = fitted.Images.LoadImages().Fit(fitted.View)
            .Append(Model)
            .Append(ML.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Model.Transform(fitted.View)));
        // By default an engine disposes its model; this one is shared with other tests.
        using var engine = ML.Model.CreatePredictionEngine<Picture, Prediction>(
            pipeline, new PredictionEngineOptions { OwnsTransformer = false });
        var paths = fitted.View.GetColumn<string>("ImagePath");

        var predictions = paths.Select(path => engine.Predict(new Picture { ImagePath = path })).ToList();

        Assert.Equal(TinyImages.Scores(Model, fitted.View), predictions.Select(p => p.Score));
        Assert.Equal(TinyImages.PredictedKeys(Model, fitted.View), predictions.Select(p => (uint)(TextIndex(p) + 1)));

        int TextIndex(Prediction prediction) => Model.Labels.ToList().IndexOf(prediction.PredictedLabel);
    }

    [Fact]
    public void CrossValidate_TwoFolds_ScoresEveryRowOnce()
    {
        var folds = ML.MulticlassClassification.CrossValidate(
            fitted.View, fitted.Images.Classifier(), numberOfFolds: 2, labelColumnName: "Label", seed: 1);

        Assert.Equal(2, folds.Count);
        Assert.Equal(
            fitted.View.GetColumn<string>("ImagePath"),
            folds.SelectMany(fold => fold.ScoredHoldOutSet.GetColumn<string>("ImagePath")).Order(StringComparer.Ordinal));
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.MicroAccuracy, 0, 1));
        foreach (var fold in folds)
        {
            (fold.Model as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void Save_LoadedInAFreshContext_GivesIdenticalScores()
    {
        var path = Path.Combine(_output.Folder, "model.zip");
        ML.Model.Save(Model, fitted.View.Schema, path);

        var loaded = new MLContext(seed: 2).Model.Load(path, out _);

        Assert.Equal(TinyImages.Scores(Model, fitted.View), TinyImages.Scores(loaded, fitted.View));
        Assert.Equal(TinyImages.PredictedKeys(Model, fitted.View), TinyImages.PredictedKeys(loaded, fitted.View));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void Save_AfterDispose_OfALoadedModelIsNotTouched()
    {
        var path = Path.Combine(_output.Folder, "model.zip");
        float[][] expected;
        using (var model = fitted.Images.Classifier().Fit(fitted.View))
        {
            ML.Model.Save(model, fitted.View.Schema, path);
            expected = TinyImages.Scores(model, fitted.View);
        }

        var loaded = new MLContext(seed: 2).Model.Load(path, out _);

        Assert.Equal(expected, TinyImages.Scores(loaded, fitted.View));
        (loaded as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("Microsoft.ML.OnnxTransformer", true)]
    [InlineData("Trainers", false)]
    [InlineData("MLNetExtensions", false)]
    [InlineData("TorchSharp", false)]
    public void Save_Zip_NamesStockAssembliesOnly(string assembly, bool expected)
    {
        var path = Path.Combine(_output.Folder, "model.zip");
        ML.Model.Save(Model, fitted.View.Schema, path);

        var named = EntriesThatName(path, assembly);

        Assert.Equal(expected, named.Count > 0);
    }

    [Fact]
    public void SaveOnnx_File_SaysWhatTheModelIs()
    {
        var path = Path.Combine(_output.Folder, "model.onnx");

        Model.SaveOnnx(path);

        var (onnx, metadata) = ClassifierModel.Load(path);
        Assert.Equivalent(Model.Metadata, metadata, strict: true);
        Assert.Equal(["Pixels"], onnx.Graph.Input.Select(port => port.Name));
        Assert.Equal(["Score", "PredictedIndex"], onnx.Graph.Output.Select(port => port.Name));
    }

    [Fact]
    public void SaveOnnx_FileThere_ReplacesItWhole()
    {
        var path = _output.AddFile("model.onnx", new byte[10_000_000]);

        Model.SaveOnnx(path);

        Assert.Equal(Model.Labels, ClassifierModel.Load(path).Metadata.Labels);
        Assert.Equal([path], Directory.GetFileSystemEntries(_output.Folder));
    }

    [Fact]
    public void SaveOnnx_BelowAFile_ThrowsAnIOErrorAndWritesNothing()
    {
        var file = _output.AddFile("file");

        var error = Record.Exception(() => Model.SaveOnnx(Path.Combine(file, "model.onnx")));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Equal([file], Directory.GetFileSystemEntries(_output.Folder));
        Assert.Empty(File.ReadAllBytes(file));
    }

    [Fact]
    public void SaveOnnx_OntoAFolder_ThrowsAnIOErrorAndWritesNothing()
    {
        _output.AddFolder("taken");
        var path = Path.Combine(_output.Folder, "taken");

        var error = Record.Exception(() => Model.SaveOnnx(path));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Equal([path], Directory.GetFileSystemEntries(_output.Folder));
    }

    /// <summary>Entries that hold the name in one byte or two bytes per letter, as ML.NET's headers have it.</summary>
    private static List<string> EntriesThatName(string zipFile, string name)
    {
        using var zip = ZipFile.OpenRead(zipFile);
        return [.. zip.Entries.Where(Names).Select(entry => entry.FullName)];

        bool Names(ZipArchiveEntry entry)
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            var text = Encoding.Latin1.GetString(content.ToArray()).Replace("\0", "", StringComparison.Ordinal);
            return text.Contains(name, StringComparison.Ordinal);
        }
    }

    private sealed class Crowded
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";

        public string Pixels { get; set; } = "";

        public long PredictedIndex { get; set; }

        public string IndexHash { get; set; } = "";

        public float Resized { get; set; }

        public uint Hash { get; set; }

        public string Value { get; set; } = "";
    }

    private sealed class Picture
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
