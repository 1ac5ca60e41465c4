using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using MLVision.Trainers.Weights.Files.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training.Snapshots;

public sealed class TrainingCheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly Linear _layer = Linear(2, 1);
    private readonly FlatWeights _weights;

    public TrainingCheckpointTests() =>
        _weights = new FlatWeights(_layer, [new WeightGroup([_layer.weight], RateFactor: 1, IsDecayed: true)]);

    public void Dispose()
    {
        _weights.Dispose();
        _layer.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>As in the file of a version that kept the optimizer's state in another form.</summary>
    [Fact]
    public void Restore_FileWithoutTheOptimizersState_SaysWhatIsMissing()
    {
        var checkpoint = new TrainingCheckpoint(
            Path.Combine(_folder.FullName, "checkpoint.safetensors"), new Dictionary<string, string>());
        using var best = new BestWeights(_layer);
        using var plain = new GradientDescent(_weights, weightDecay: 0, hasMomentum: false);
        using var withMomentum = new GradientDescent(_weights, weightDecay: 0, hasMomentum: true);
        checkpoint.Save(State(), new WeightsInTraining(_layer, _weights, plain, Average: null), best);

        var error = Assert.Throws<WeightsFileException>(
            () => checkpoint.Restore(new WeightsInTraining(_layer, _weights, withMomentum, Average: null), best));

        Assert.EndsWith("lacks 'optimizer/momentum'.", error.Message, StringComparison.Ordinal);
    }

    private static TrainingState State()
    {
        var epoch = new EpochSummary
        {
            Epoch = 1,
            Phase = TrainingPhase.Whole,
            LearningRate = 0.1,
            Loss = 1,
            Accuracy = 0.5,
            ImagesPerSecond = 1,
        };
        return new TrainingState
        {
            Phase = TrainingPhase.Whole,
            Before = [],
            History = [epoch],
            Best = epoch,
            EpochsSinceBest = 0,
            OptimizerSteps = 1,
        };
    }
}
