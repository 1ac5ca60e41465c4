using MLVision.MLNetExtensions;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Files;

namespace Trainers.Tests.Options;

/// <summary>Training that starts from weights: what moves, what stays, and what is told.</summary>
public sealed class FineTuningTests : IDisposable
{
    private readonly TinyImages _images = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Fit_HeadOnly_TrainsTheLastLayerAlone()
    {
        var weights = Pretrained();

        using var model = Fit(TinyImages.Options with { Weights = weights, FineTuning = FineTuning.HeadOnly, Epochs = 3 });

        Assert.Equal(["fc.bias", "fc.weight"], Moved(weights, model));
        Assert.Equal(
            [(TrainingPhase.Head, 1), (TrainingPhase.Head, 2), (TrainingPhase.Head, 3)],
            model.History.Select(epoch => (epoch.Phase, epoch.Epoch)));
    }

    [Fact]
    public void Fit_CancelledWhileFindingFeatures_StopsAtTheNextBatch()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new RecordingProgress(_ => cancellation.Cancel());
        var options = TinyImages.Options with { Weights = Pretrained(), Progress = progress, CancellationToken = cancellation.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => Fit(options));

        Assert.Equal([(TrainingPhase.Features, 1)], progress.Reports.Select(report => (report.Phase, report.Step)));
    }

    [Fact]
    public void Fit_HeadLearningRateFarTooHigh_StopsAndNamesTheOption()
    {
        var options = TinyImages.Options with { Weights = Pretrained(), HeadLearningRate = 1e37 };

        var error = Assert.Throws<TrainingDivergedException>(() => Fit(options));

        Assert.EndsWith("try a smaller HeadLearningRate.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Weights_TrainsInTwoPhasesByDefault()
    {
        using var model = Fit(TinyImages.Options with { Weights = Pretrained(), HeadEpochs = 2, Epochs = 1 });

        Assert.Equal([TrainingPhase.Head, TrainingPhase.Head, TrainingPhase.FineTuning], model.History.Select(epoch => epoch.Phase));
    }

    [Fact]
    public void Fit_LastBlockUnfrozen_MovesItAndNoBatchNorm()
    {
        var weights = Pretrained();

        using var model = Fit(TinyImages.Options with { Weights = weights, HeadEpochs = 1, UnfrozenBlocks = 1 });

        Assert.Equal(["fc.bias", "fc.weight", "layer3.2.conv1.weight", "layer3.2.conv2.weight"], Moved(weights, model));
    }

    [Fact]
    public void Fit_BatchNormNotFrozen_MovesItsStatistics()
    {
        var weights = Pretrained();

        using var model = Fit(TinyImages.Options with { Weights = weights, HeadEpochs = 1, FreezeBatchNorm = false });

        Assert.Contains("bn1.running_mean", Moved(weights, model));
    }

    [Fact]
    public void Fit_ReplaceHead_ForgetsTheLastLayer()
    {
        var weights = Pretrained();
        var options = TinyImages.Options with { Weights = weights, FineTuning = FineTuning.HeadOnly, HeadLearningRate = 1e-9 };

        using var kept = Fit(options);
        using var replaced = Fit(options with { ReplaceHead = true });

        Assert.InRange(Distance(weights, kept, "fc.weight"), 0, 1e-5);
        Assert.InRange(Distance(weights, replaced, "fc.weight"), 0.01, double.MaxValue);
    }

    [Fact]
    public void Fit_SeveralViews_ShowsThemAll()
    {
        var progress = new RecordingProgress();

        using var model = Fit(TinyImages.Options with
        {
            Weights = Pretrained(),
            FineTuning = FineTuning.HeadOnly,
            HeadViews = 3,
            Progress = progress,
        });

        // Twelve images in batches of four, three views: nine batches through the backbone, nine steps of the head.
        Assert.Equal(9, progress.Reports.Count(report => report.Phase == TrainingPhase.Features));
        Assert.Equal(9, progress.Reports.Count(report => report.Phase == TrainingPhase.Head));
    }

    [Fact]
    public void Fit_TwiceWithOneSeed_GivesTheSameWeights()
    {
        var options = TinyImages.Options with { Weights = Pretrained(), HeadEpochs = 2, ReplaceHead = true };

        using var first = Fit(options);
        using var second = Fit(options);

        Assert.Equal(Saved(first, "first"), Saved(second, "second"));
    }

    [Fact]
    public void Fit_HeadOnly_HonoursClassBalanceAndLabelSmoothing()
    {
        var options = TinyImages.Options with { Weights = Pretrained(), FineTuning = FineTuning.HeadOnly, ReplaceHead = true };
        ImageTrainingOptions[] recipes =
        [
            options,
            options with { ClassBalance = ClassBalance.WeightedLoss },
            options with { ClassBalance = ClassBalance.BalancedSampling },
            options with { LabelSmoothing = 0.1 },
        ];
        var skewed = _images.Labelled(TinyImages.Labels.Take(10).Append("rose").Append("rose").ToList());

        var heads = recipes.Select(recipe =>
        {
            using var model = _images.Classifier(recipe).Fit(skewed);
            return Convert.ToHexString(Saved(model, "head"));
        });

        Assert.Equal(4, heads.Distinct().Count());
    }

    [Fact]
    public void Fit_CancelledWhileFeaturesAreFound_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new RecordingProgress(_ => cancellation.Cancel());
        var options = TinyImages.Options with { Weights = Pretrained(), Progress = progress, CancellationToken = cancellation.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => Fit(options));

        Assert.Equal([TrainingPhase.Features], progress.Reports.Select(report => report.Phase));
    }

    [Fact]
    public void Fit_NoEpochBetterThanBefore_StopsEarlyAndReturnsTheBest()
    {
        var logger = new RecordingLogger();
        // So small a rate changes no prediction: the head's best epoch stays the best, and two epochs without a better one are enough.
        var options = TinyImages.Options with
        {
            Weights = Pretrained(),
            HeadEpochs = 1,
            HeadLearningRate = 1e-12,
            LearningRate = 1e-12,
            Epochs = 10,
            EarlyStoppingEpochs = 2,
            ValidationFraction = 0.25,
            Logger = logger,
        };

        using var model = Fit(options);

        Assert.InRange(model.History.Count, 3, 5);
        Assert.Contains(logger.Lines, line => line.Message.StartsWith("Stopped early: 2 epochs", StringComparison.Ordinal));
        Assert.Contains(
            logger.Lines, line => line.Message.StartsWith("The model has the weights of ", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_LossBecomesNaN_SaysWhere()
    {
        var options = TinyImages.Options with { LearningRate = 1e30, WarmupEpochs = 0, Epochs = 5 };

        var error = Assert.Throws<TrainingDivergedException>(() => Fit(options));

        Assert.Contains("smaller LearningRate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FineTuning.HeadOnly)]
    [InlineData(FineTuning.TwoPhase)]
    public void ImageClassifier_FineTuningWithoutWeights_Throws(FineTuning fineTuning)
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            () => _images.Classifier(TinyImages.Options with { FineTuning = fineTuning }));

        Assert.Contains("Weights", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Weights that an earlier training saved.</summary>
    private string Pretrained()
    {
        var path = Path.Combine(_folder.FullName, "pretrained.safetensors");
        if (!File.Exists(path))
        {
            using var model = Fit(TinyImages.Options with { Seed = 5 });
            model.SaveWeights(path);
        }

        return path;
    }

    private ImageClassificationTransformer Fit(ImageTrainingOptions options) =>
        _images.Classifier(options).Fit(_images.Labelled(TinyImages.Labels));

    private IEnumerable<string> Moved(string before, ImageClassificationTransformer after)
    {
        using var network = ImageModels.Get(TinyImages.Architecture).Network(3);
        return [.. network.state_dict().Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Where(key => Distance(before, after, key) > 0).Order(StringComparer.Ordinal)];
    }

    private double Distance(string before, ImageClassificationTransformer after, string key)
    {
        var path = Path.Combine(_folder.FullName, "after.safetensors");
        after.SaveWeights(path);
        var (a, b) = (Read(before, key), Read(path, key));
        return a.Zip(b).Max(pair => Math.Abs(pair.First - pair.Second));
    }

    private static float[] Read(string path, string key)
    {
        using var checkpoint = WeightsFile.Open(path);
        var values = new float[checkpoint.Tensors[key].Count];
        checkpoint.Tensors[key].CopyTo(values);
        return values;
    }

    private byte[] Saved(ImageClassificationTransformer model, string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        model.SaveWeights(path);
        using var checkpoint = WeightsFile.Open(path);
        return [.. checkpoint.Tensors.Keys.SelectMany(key => Read(path, key)).SelectMany(BitConverter.GetBytes)];
    }
}
