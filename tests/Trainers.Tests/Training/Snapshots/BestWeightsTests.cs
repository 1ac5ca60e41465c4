using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training.Snapshots;

public sealed class BestWeightsTests : IDisposable
{
    private readonly TorchSharp.Modules.Linear _layer = Linear(2, 1);

    public void Dispose() => _layer.Dispose();

    [Fact]
    public void Restore_MiddleEpochBest_PutsItsWeightsBack()
    {
        using var best = new BestWeights(_layer);

        After(best, weight: 1, Epoch(1, accuracy: 0.5, loss: 1));
        After(best, weight: 2, Epoch(2, accuracy: 0.8, loss: 1));
        After(best, weight: 3, Epoch(3, accuracy: 0.7, loss: 1));
        best.Restore();

        Assert.Equal(2, Weight());
        Assert.Equal((2, 1), (best.Epoch!.Epoch, best.EpochsSince));
    }

    [Fact]
    public void Consider_EqualAccuracy_TakesTheSmallerLoss()
    {
        using var best = new BestWeights(_layer);

        After(best, weight: 1, Epoch(1, accuracy: 0.5, loss: 1));
        After(best, weight: 2, Epoch(2, accuracy: 0.5, loss: 0.9));
        After(best, weight: 3, Epoch(3, accuracy: 0.5, loss: 0.9));
        best.Restore();

        Assert.Equal(2, Weight());
    }

    /// <summary>
    /// Of 16 images 15 are right: with Agresti and Coull's share of 17/20, two standard errors are 0.179, nearly three images.
    /// </summary>
    [Theory]
    [InlineData(13, 2)]     // 0.125 fewer
    [InlineData(12, 1)]     // 0.1875 fewer
    public void Restore_LastEpochWithFewerOf16ImagesRight_IsTheLastWithinTwoStandardErrors(int right, int returned)
    {
        using var best = new BestWeights(_layer, heldOut: 16);

        After(best, weight: 1, Epoch(1, accuracy: 15 / 16.0, loss: 1));
        After(best, weight: 2, Epoch(2, accuracy: right / 16.0, loss: 1));
        best.Restore();

        Assert.Equal(returned, Weight());
        Assert.Equal((returned, 1), (best.Epoch!.Epoch, best.EpochsSince));
    }

    /// <summary>The comparison stays with the most accurate epoch: many small losses are not each forgiven.</summary>
    [Fact]
    public void Restore_AccuracyFallsSlowly_IsTheLastWithinChanceOfTheBest()
    {
        using var best = new BestWeights(_layer, heldOut: 16);

        foreach (var epoch in Enumerable.Range(1, 5))
        {
            After(best, epoch, Epoch(epoch, accuracy: (16 - epoch) / 16.0, loss: epoch));
        }

        best.Restore();

        Assert.Equal(3, Weight());      // 13 right, as above
    }

    [Fact]
    public void Remember_EarlierEpochFarMoreAccurate_IsWhatLaterOnesAreComparedWith()
    {
        using var best = new BestWeights(_layer, Epoch(9, accuracy: 0.6, loss: 1), heldOut: 1_000);
        best.Remember([Epoch(8, accuracy: 0.7, loss: 1)]);

        After(best, weight: 1, Epoch(1, accuracy: 0.66, loss: 1));      // two standard errors are 0.029
        After(best, weight: 2, Epoch(2, accuracy: 0.68, loss: 1));
        best.Restore();

        Assert.Equal((2, 2), (best.Epoch!.Epoch, best.EpochsSince));
    }

    [Fact]
    public void Restore_NothingValidated_KeepsTheLast()
    {
        using var best = new BestWeights(_layer);

        After(best, weight: 1, Epoch(1, accuracy: null, loss: null));
        After(best, weight: 2, Epoch(2, accuracy: null, loss: null));
        best.Restore();

        Assert.Equal(2, Weight());
        Assert.Equal((2, 0), (best.Epoch!.Epoch, best.EpochsSince));
    }

    [Fact]
    public void Restore_EpochBeforeWasBetter_PutsThatBack()
    {
        Set(7);
        using var best = new BestWeights(_layer, Epoch(5, accuracy: 0.9, loss: 1));

        After(best, weight: 1, Epoch(1, accuracy: 0.8, loss: 1));
        best.Restore();

        Assert.Equal(7, Weight());
    }

    private static EpochSummary Epoch(int epoch, double? accuracy, double? loss) => new()
    {
        Epoch = epoch,
        Phase = TrainingPhase.Whole,
        LearningRate = 0.1,
        Loss = 1,
        Accuracy = 0.5,
        ImagesPerSecond = 1,
        ValidationAccuracy = accuracy,
        ValidationLoss = loss,
    };

    private void After(BestWeights best, float weight, EpochSummary epoch)
    {
        Set(weight);
        best.Consider(epoch);
    }

    private void Set(float value)
    {
        using var untracked = no_grad();
        _layer.weight.fill_(value);
    }

    private float Weight() => _layer.weight[0, 1].item<float>();
}
