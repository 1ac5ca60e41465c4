using MLVision.Trainers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Results;

namespace Trainers.Tests;

/// <summary><see cref="ImageClassificationEstimator.FindLearningRate"/> on tiny images.</summary>
public sealed class FindLearningRateTests : IDisposable
{
    private static readonly LearningRateSweepOptions Few = new() { Steps = 12, LastRate = 1 };

    private readonly TinyImages _images = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void FindLearningRate_FromScratch_TriesRisingRates()
    {
        var progress = new RecordingProgress();
        var view = _images.Labelled(TinyImages.Labels);
        var sweep = _images.Classifier(TinyImages.Options with { Progress = progress }).FindLearningRate(view, Few);

        Assert.Equal(TrainingPhase.Whole, sweep.Phase);
        Assert.Equal(1e-7, sweep.Steps[0].Rate, tolerance: 1e-12);
        Assert.Equal(sweep.Steps.Select(step => step.Rate).Order(), sweep.Steps.Select(step => step.Rate));
        Assert.InRange(progress.Reports.Count, sweep.Steps.Count - 1, sweep.Steps.Count);
    }

    [Fact]
    public void FindLearningRate_Twice_IsTheSame()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var classifier = _images.Classifier();

        var (first, second) = (classifier.FindLearningRate(view, Few), classifier.FindLearningRate(view, Few));

        Assert.Equal(first.Steps, second.Steps);
    }

    [Fact]
    public void FindLearningRate_BetweenTrainings_ChangesNoneOfThem()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var classifier = _images.Classifier();
        using var before = classifier.Fit(view);

        classifier.FindLearningRate(view, Few);

        using var after = classifier.Fit(view);
        Assert.Equal(TinyImages.Scores(before, view), TinyImages.Scores(after, view));
    }

    [Theory]
    [InlineData(FineTuning.HeadOnly, TrainingPhase.Head)]
    [InlineData(FineTuning.TwoPhase, TrainingPhase.FineTuning)]
    public void FindLearningRate_FromWeights_IsThatOfTheLastPhaseAndWritesNoCheckpoint(FineTuning fineTuning, TrainingPhase expected)
    {
        var weights = Path.Combine(_folder.FullName, "weights.safetensors");
        var view = _images.Labelled(TinyImages.Labels);
        using (var model = _images.Classifier().Fit(view))
        {
            model.SaveWeights(weights);
        }

        var sweep = _images.Classifier(TinyImages.Options with
        {
            Weights = weights,
            FineTuning = fineTuning,
            HeadEpochs = 2,
            CheckpointPath = Path.Combine(_folder.FullName, "checkpoint.safetensors"),
        }).FindLearningRate(view, Few);

        Assert.Equal(expected, sweep.Phase);
        Assert.NotEmpty(sweep.Steps);
        Assert.Equal([weights], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void FindLearningRate_RatesThatExplode_StopsThere()
    {
        var view = _images.Labelled(TinyImages.Labels);

        var sweep = _images.Classifier()
            .FindLearningRate(view, new LearningRateSweepOptions { Steps = 200, FirstRate = 1, LastRate = 1e30 });

        Assert.InRange(sweep.Steps.Count, 1, 199);
        Assert.All(sweep.Steps, step => Assert.True(double.IsFinite(step.Loss)));
    }

    [Fact]
    public void FindLearningRate_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new RecordingProgress(_ => cancellation.Cancel());
        var classifier = _images.Classifier(TinyImages.Options with { Progress = progress, CancellationToken = cancellation.Token });

        Assert.ThrowsAny<OperationCanceledException>(() => classifier.FindLearningRate(_images.Labelled(TinyImages.Labels)));

        Assert.Single(progress.Reports);
    }
}
