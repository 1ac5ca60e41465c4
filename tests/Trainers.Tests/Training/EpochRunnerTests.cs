using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training;

/// <summary>Which weights an epoch's training, its check and the model see, where they are averaged.</summary>
public sealed class EpochRunnerTests : IDisposable
{
    private const float Tolerance = 1e-6f;      // single precision near 1

    private readonly TorchSharp.Modules.Linear _layer = Linear(1, 1);
    private readonly FlatWeights _weights;
    private readonly Noise _noise = new(CPU);

    public EpochRunnerTests()
    {
        _weights = new FlatWeights(_layer, []);
        Set(1);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _layer.Dispose();
        _noise.Dispose();
    }

    /// <summary>One step an epoch: the averages are 0.1 · 1 + 0.9 · 2 = 1.9 and 2/11 · 1.9 + 9/11 · 3 = 2.8.</summary>
    [Fact]
    public void Run_Average_IsCheckedAndReturnedWhileTrainingGoesOnFromItsOwnWeights()
    {
        using var average = new WeightAverage(_weights, decay: 0.9);
        var (trained, seen) = (new List<float>(), new List<float>());

        Run(average, epochs: 2, trained.Add, _ => seen.Add(Weight()), accuracy: _ => null);

        Assert.Equal([1, 2], trained);
        Assert.Equal([1.9f, 2.8f], seen, (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal(2.8f, Weight(), Tolerance);
    }

    [Fact]
    public void Run_AverageOfTheFirstEpochBest_ReturnsItAndStopsEarly()
    {
        using var average = new WeightAverage(_weights, decay: 0.9);

        var epochs = Run(average, epochs: 10, _ => { }, _ => { }, accuracy: epoch => epoch == 1 ? 0.9 : 0.8);

        Assert.Equal(3, epochs);        // two without a better one
        Assert.Equal(1.9f, Weight(), Tolerance);
    }

    private int Run(WeightAverage average, int epochs, Action<float> onTrain, Action<int> onCheck, Func<int, double?> accuracy)
    {
        var recipe = new TrainingRecipe(
            new ImageTrainingOptions { EarlyStoppingEpochs = 2 }, ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32,
            images: 10_000);
        using var best = new BestWeights(_layer);
        using var optimizer = new GradientDescent(_weights, weightDecay: 0, hasMomentum: false);
        var progress = new EpochRunner(
            TrainingPhase.Whole, before: [], checkpoint: null, resumed: null, best, recipe, new RecordingLogger());
        return progress.Run(
            epochs, new WeightsInTraining(_layer, _weights, optimizer, average), _noise,
            (epoch, _) =>
            {
                onTrain(Weight());
                Set(epoch + 1);
                average.Update(epoch - 1);
                return new EpochSummary
                {
                    Epoch = epoch,
                    Phase = TrainingPhase.Whole,
                    LearningRate = 0.1,
                    Loss = 1,
                    Accuracy = 0.5,
                    ImagesPerSecond = 1,
                };
            },
            summary =>
            {
                onCheck(summary.Epoch);
                return accuracy(summary.Epoch) is { } right ? summary with { ValidationAccuracy = right, ValidationLoss = 1 } : summary;
            }).Count;
    }

    private void Set(float value)
    {
        using var untracked = no_grad();
        _layer.weight.fill_(value);
    }

    private float Weight() => _layer.weight.item<float>();
}
