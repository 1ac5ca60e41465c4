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

public sealed class DivergenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly TorchSharp.Modules.Linear _layer = Linear(2, 1);

    public void Dispose()
    {
        _layer.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Check_LossThatIsNoNumber_NamesStepRateAndRemedy(float loss)
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Divergence.Check(loss, epoch: 2, step: 7, rate: 0.5, "LearningRate"));

        Assert.Equal(
            $"The loss became {loss.ToString(System.Globalization.CultureInfo.InvariantCulture)} in epoch 2, step 7, at learning rate " +
            "0.5: try a smaller LearningRate.",
            error.Message);
    }

    [Fact]
    public void Check_LargestWeights_Pass()
    {
        Fill(float.MaxValue);       // their sum as a float would be infinite

        using var flat = new FlatWeights(_layer, []);
        var error = Record.Exception(() => Divergence.Check(flat, epoch: 1));

        Assert.Null(error);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Run_WeightsSpoiledByTheLastStep_StopsAndKeepsTheCheckpointBefore(float spoiled)
    {
        var path = Path.Combine(_folder.FullName, "checkpoint.safetensors");
        var identity = new Dictionary<string, string>();
        using var best = new BestWeights(_layer);
        using var flat = new FlatWeights(_layer, []);
        using var optimizer = new GradientDescent(flat, weightDecay: 0, hasMomentum: false);
        using var noise = new Noise(CPU);
        var weights = new WeightsInTraining(_layer, flat, optimizer, Average: null);
        var recipe = new TrainingRecipe(
            new ImageTrainingOptions(), ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32, images: 10_000);
        var progress = new EpochRunner(
            TrainingPhase.Whole, before: [], new TrainingCheckpoint(path, identity), resumed: null, best, recipe, new RecordingLogger());

        Assert.Throws<TrainingDivergedException>(() => progress.Run(
            epochs: 5, weights, noise,
            (epoch, _) =>
            {
                Fill(epoch == 3 ? spoiled : epoch);
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
            summary => summary));

        var checkpoint = new TrainingCheckpoint(path, identity);
        Assert.Equal(2, checkpoint.Load()!.History.Count);
        checkpoint.Restore(weights, best);
        Assert.Equal(2, _layer.bias!.item<float>());
    }

    private void Fill(float value)
    {
        using var untracked = no_grad();
        foreach (var weight in _layer.parameters())
        {
            weight.fill_(value);
        }
    }
}
