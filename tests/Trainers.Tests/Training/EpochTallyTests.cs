using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using static TorchSharp.torch;

namespace Trainers.Tests.Training;

public sealed class EpochTallyTests
{
    private readonly RecordingProgress _progress = new();

    /// <summary>Two batches of four and one of two: losses 1, 2 and 4 give (4·1 + 4·2 + 2·4) / 10 = 2, hits 1 + 2 + 2 a half.</summary>
    [Theory]
    [InlineData(1, new[] { 1, 2, 3 })]
    [InlineData(2, new[] { 2, 3 })]
    [InlineData(8, new[] { 3 })]
    public void Add_ThreeSteps_GivesTheSameSumsHoweverManyAreReadAtOnce(int stepsAtOnce, int[] reported)
    {
        using var tally = Tally(stepsAtOnce);

        tally.Add(Outcome(1, correct: 1, count: 4), learningRate: 0.1);
        tally.Add(Outcome(2, correct: 2, count: 4), learningRate: 0.2);
        tally.Add(Outcome(4, correct: 2, count: 2), learningRate: 0.3);

        var summary = tally.Summarize();
        Assert.Equal((2.0, 0.5, 0.3), (summary.Loss, summary.Accuracy, summary.LearningRate));
        Assert.Equal(reported, _progress.Reports.Select(report => report.Step));
        Assert.Equal(2.0, _progress.Reports[^1].Loss);
    }

    [Fact]
    public void Add_LossThatIsNoNumber_NamesItsStepAndRateThoughItIsReadLater()
    {
        using var tally = Tally(stepsAtOnce: 8);
        tally.Add(Outcome(1, correct: 1, count: 4), learningRate: 0.1);
        tally.Add(Outcome(float.NaN, correct: 1, count: 4), learningRate: 0.25);

        var error = Assert.Throws<TrainingDivergedException>(() => tally.Add(Outcome(1, correct: 1, count: 2), learningRate: 0.3));

        Assert.Contains("epoch 1, step 2, at learning rate 0.25", error.Message, StringComparison.Ordinal);
    }

    private EpochTally Tally(int stepsAtOnce)
    {
        var recipe = new TrainingRecipe(
            new ImageTrainingOptions(), ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32, images: 10_000);
        return new EpochTally(epoch: 1, PhaseRecipe.OfNetwork(recipe, TrainingPhase.Whole), new ThreeSteps(), _progress)
        {
            StepsAtOnce = stepsAtOnce,
        };
    }

    private static StepOutcome Outcome(float loss, long correct, long count) => new(tensor(loss), tensor(correct), count);

    private sealed class ThreeSteps : IBatches
    {
        public int Count => 10;

        public int Steps => 3;

        public Device Device => CPU;

        public IEnumerable<Batch> Epoch(Random random) => [];

        public IEnumerable<Batch> InOrder() => [];
    }
}
