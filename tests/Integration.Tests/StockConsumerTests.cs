using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers;

namespace Integration.Tests;

public sealed class StockConsumerTests : IDisposable
{
    // The same graph runs on the same runtime in both processes, and JSON carries floats whole: what is left is how many threads share a
    // sum.
    private const float Tolerance = 1e-5f;
    private const int TrainingImagesPerClass = 20;

    private readonly MLContext _ml = new(seed: 1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Zip => Path.Combine(_folder.FullName, "model.zip");

    private static string TestImages => Path.Combine(Places.FashionMnist, "test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Score_ModelForScoringOnly_EqualsOurs()
    {
        var images = LoadTrainingImages();
        var labelled = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(images).Transform(images);
        var model = _ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")
            .Append(Trainer())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(labelled);
        var paths = _ml.Transforms.SelectColumns("ImagePath").Fit(images).Transform(_ml.Data.LoadImageFolder(TestImages));
        _ml.Model.Save(model, paths.Schema, Zip);

        var scored = await StockConsumerProcess.Score(Zip, TestImages);

        AssertSame(model.Transform(paths), scored);
    }

    [Fact]
    public async Task Score_ModelOfTheWholePipeline_EqualsOurs()
    {
        var images = LoadTrainingImages();
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(Trainer())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(images);
        _ml.Model.Save(model, images.Schema, Zip);

        var scored = await StockConsumerProcess.Score(Zip, TestImages);

        AssertSame(model.Transform(_ml.Data.LoadImageFolder(TestImages)), scored);
    }

    [Fact]
    public async Task Score_ModelThatGivesMore_ReadsFamiliarityAndEmbedding()
    {
        var images = LoadTrainingImages();
        var labelled = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(images).Transform(images);
        var trainer = _ml.MulticlassClassification.Trainers.ResNet(new ResNetOptions
        {
            Depth = 20,
            Epochs = 1,
            BatchSize = 20,
            Outputs = ModelOutputs.Embedding | ModelOutputs.Familiarity,
        });
        var model = _ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")
            .Append(trainer)
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(labelled);
        var paths = _ml.Transforms.SelectColumns("ImagePath").Fit(images).Transform(_ml.Data.LoadImageFolder(TestImages));
        _ml.Model.Save(model, paths.Schema, Zip);

        var scored = await StockConsumerProcess.Score(Zip, TestImages);

        var ours = model.Transform(paths);
        AssertSame(ours, scored);
        Assert.All(
            scored.Zip(ours.GetColumn<float[]>("Familiarity")),
            pair => Assert.Equal(pair.Second[0], pair.First.Familiarity!.Value, Tolerance));
        Assert.All(
            scored.Zip(ours.GetColumn<float[]>("Embedding")),
            pair => Assert.All(pair.Second.Zip(pair.First.Embedding!), values => Assert.Equal(values.First, values.Second, 1e-4f)));
    }

    [Fact]
    public async Task Score_DamagedModel_SaysSoInOneSentence()
    {
        await File.WriteAllTextAsync(Zip, "no model", TestContext.Current.CancellationToken);

        var run = await StockConsumerProcess.Run(Zip, TestImages);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        var sentence = Assert.Single(run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"'{Zip}' is damaged or not an image classifier: ", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MLVision.Trainers.dll")]
    [InlineData("MLVision.MLNetExtensions.dll")]
    [InlineData("TorchSharp.dll")]
    public void Output_OfTheStockConsumer_HoldsNothingOfOurs(string assembly)
    {
        var files = Directory.EnumerateFiles(Path.GetDirectoryName(Places.StockConsumer)!, "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).ToList();

        Assert.Contains("Microsoft.ML.OnnxTransformer.dll", files);
        Assert.DoesNotContain(assembly, files, StringComparer.OrdinalIgnoreCase);
    }

    private ImageClassificationEstimator Trainer() =>
        _ml.MulticlassClassification.Trainers.ResNet(new ResNetOptions { Depth = 20, Epochs = 2, BatchSize = 20 });

    private IDataView LoadTrainingImages() =>
        _ml.Data.LoadFromEnumerable(
            ImageFolder.Read(Path.Combine(Places.FashionMnist, "train"))
                .GroupBy(image => image.Label)
                .SelectMany(images => images.Take(TrainingImagesPerClass)));

    private static void AssertSame(IDataView ours, IReadOnlyList<StockConsumerProcess.ScoredImage> theirs)
    {
        VBuffer<ReadOnlyMemory<char>> slotNames = default;
        ours.Schema["Score"].GetSlotNames(ref slotNames);
        var names = slotNames.DenseValues().Select(name => name.ToString()).ToArray();
        var scores = ours.GetColumn<float[]>("Score").ToArray();

        Assert.Equal(ours.GetColumn<string>("ImagePath"), theirs.Select(image => image.Image));
        Assert.Equal(ours.GetColumn<string>("PredictedLabel"), theirs.Select(image => image.Label));
        Assert.Equal(scores.Length, theirs.Count);
        Assert.All(theirs, (image, row) =>
        {
            Assert.Equal(names, image.Scores.Keys);
            Assert.All(names, (name, slot) => Assert.Equal(scores[row][slot], image.Scores[name], Tolerance));
            Assert.Equal(scores[row].Max(), image.Probability, Tolerance);
        });
    }
}
