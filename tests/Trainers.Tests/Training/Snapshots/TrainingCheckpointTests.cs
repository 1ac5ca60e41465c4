using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using MLVision.Trainers.Weights.Files;
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

    [Fact]
    public void Save_SecondTime_KeepsTheFirst()
    {
        var (checkpoint, save) = Checkpoint();

        save(1);
        var first = File.ReadAllBytes(checkpoint.Path);
        save(2);

        Assert.Equal(Path.Combine(_folder.FullName, "checkpoint.previous.safetensors"), checkpoint.Previous);
        Assert.Equal(first, File.ReadAllBytes(checkpoint.Previous));
        Assert.Equal(2, checkpoint.Load()!.History[0].Epoch);
    }

    [Fact]
    public void Save_AfterDamage_KeepsTheSoundOne()
    {
        var (checkpoint, save) = Checkpoint();
        save(1);
        save(2);
        var file = File.ReadAllBytes(checkpoint.Path);
        file[^1] ^= 1;
        File.WriteAllBytes(checkpoint.Path, file);

        var state = checkpoint.Load();
        var fallback = checkpoint.Fallback;
        save(2);

        Assert.Equal(1, state!.History[0].Epoch);
        Assert.Contains("its content is not what was written", fallback, StringComparison.Ordinal);
        Assert.Null(checkpoint.Fallback);
        Assert.Equal(2, Again().Load()!.History[0].Epoch);
        File.Delete(checkpoint.Path);
        Assert.Equal(1, Again().Load()!.History[0].Epoch);
    }

    /// <summary>A file from before there were digests.</summary>
    [Fact]
    public void Load_NoDigest_IsRead()
    {
        var (checkpoint, save) = Checkpoint();
        save(1);
        var file = File.ReadAllBytes(checkpoint.Path);
        var name = file.AsSpan().IndexOf("content_sha256"u8);
        "former_sha256x"u8.CopyTo(file.AsSpan(name));
        file[^1] ^= 1;
        File.WriteAllBytes(checkpoint.Path, file);

        Assert.Equal(1, checkpoint.Load()!.History[0].Epoch);
    }

    [Fact]
    public void Load_FileOfAnotherKind_IsRefusedThoughThereIsOneBefore()
    {
        var (checkpoint, save) = Checkpoint();
        save(1);
        save(2);
        using (var stream = File.Create(checkpoint.Path))
        {
            SafetensorsWriter.Write(stream, [], new Dictionary<string, string>());
        }

        var error = Assert.Throws<WeightsFileException>(checkpoint.Load);

        Assert.Contains("is not a checkpoint of a training", error.Message, StringComparison.Ordinal);
    }

    private TrainingCheckpoint Again() =>
        new(Path.Combine(_folder.FullName, "checkpoint.safetensors"), new Dictionary<string, string>());

    private (TrainingCheckpoint Checkpoint, Action<int> Save) Checkpoint()
    {
        var checkpoint = Again();
        return (checkpoint, Save);

        void Save(int epoch)
        {
            using var best = new BestWeights(_layer);
            using var optimizer = new GradientDescent(_weights, weightDecay: 0, hasMomentum: false);
            checkpoint.Save(State(epoch), new WeightsInTraining(_layer, _weights, optimizer, Average: null), best);
        }
    }

    private static TrainingState State(int number = 1)
    {
        var epoch = new EpochSummary
        {
            Epoch = number,
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
