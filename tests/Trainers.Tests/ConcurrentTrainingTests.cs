using Microsoft.ML;

namespace Trainers.Tests;

/// <summary>Trainings in one process do not disturb each other, and stock ML.NET runs several of them.</summary>
public sealed class ConcurrentTrainingTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("resnet20", 8)]
    [InlineData("efficientnet_b0", 32)]     // dropout and stochastic depth draw random numbers in the forward pass
    public async Task Fit_TwoAtATime_GivesTheWeightsOfEachAlone(string architecture, int imageSize)
    {
        var view = _images.Labelled(TinyImages.Labels);
        byte[] Weights(int seed) => WeightsOf(architecture, imageSize, seed, view);
        var (first, second) = (Weights(1), Weights(2));

        using var both = new Barrier(2);
        var together = await Task.WhenAll(Enumerable.Range(1, 2).Select(seed => Task.Factory.StartNew(
            () =>
            {
                both.SignalAndWait();
                return Weights(seed);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(first, together[0]);
        Assert.Equal(second, together[1]);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Fit_AfterAnotherTraining_GivesTheSameFile()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var alone = WeightsOf("resnet20", 8, seed: 1, view);
        WeightsOf("resnet32", 8, seed: 7, view);

        var after = WeightsOf("resnet20", 8, seed: 1, view);

        Assert.Equal(alone, after);
    }

    [Fact]
    public void CrossValidate_TwoFolds_GivesMetricsOfEach()
    {
        string[] labels = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? "rose" : "tulip")];
        var rows = _images.ML.Data.LoadFromEnumerable(_images.Rows(labels));
        var pipeline = _images.ML.Transforms.Conversion.MapValueToKey("Label")
            .Append(_images.LoadImages())
            .Append(_images.Classifier());

        var folds = _images.ML.MulticlassClassification.CrossValidate(rows, pipeline, numberOfFolds: 2);

        Assert.Equal(2, folds.Count);
        Assert.All(folds, fold =>
        {
            Assert.InRange(fold.Metrics.MicroAccuracy, 0, 1);
            Assert.True(double.IsFinite(fold.Metrics.LogLoss));
            Assert.Equal(2, fold.Metrics.ConfusionMatrix.NumberOfClasses);
        });
        Assert.Equal(24, folds.Sum(fold => fold.Metrics.ConfusionMatrix.Counts.Sum(row => row.Sum())));     // every image is tested once
    }

    private byte[] WeightsOf(string architecture, int imageSize, int seed, IDataView view)
    {
        var path = Path.Combine(_images.Files.Folder, $"{Guid.NewGuid():N}.safetensors");
        using var model = _images.Classifier(architecture, TinyImages.Options with { ImageSize = imageSize, Epochs = 2, Seed = seed })
            .Fit(view);
        model.SaveWeights(path);
        return File.ReadAllBytes(path);
    }
}
