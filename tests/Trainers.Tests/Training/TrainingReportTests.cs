using Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class TrainingReportTests
{
    /// <summary>Networks that diverge, or whose batch norms saw too few batches, have such losses; the model is there all the same.</summary>
    [Fact]
    public void Summarize_LossesThatAreNoNumbers_AreTexts()
    {
        var epoch = new EpochSummary
        {
            Epoch = 2,
            Phase = TrainingPhase.FineTuning,
            LearningRate = 0.5,
            Loss = double.NaN,
            Accuracy = 0.25,
            ImagesPerSecond = 8,
            ValidationLoss = double.PositiveInfinity,
            ValidationAccuracy = 1,
        };

        var summary = TrainingReport.Summarize(epoch);

        Assert.Contains("\"loss\":\"NaN\"", summary, StringComparison.Ordinal);
        Assert.Contains("\"validationLoss\":\"Infinity\"", summary, StringComparison.Ordinal);
        Assert.Contains("\"accuracy\":0.25", summary, StringComparison.Ordinal);
        Assert.Contains("\"phase\":\"fineTuning\"", summary, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', summary);
    }
}
