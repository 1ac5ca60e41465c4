using MLVision.Trainers.Training.Results;

namespace Trainers.Tests.Training.Results;

public sealed class TrainingReportTests
{
    /// <summary>
    /// Networks that diverge, or whose batch norms saw too few batches, have such losses; the model is there all the same.
    /// </summary>
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

    [Fact]
    public void Summarize_TimesAndMemory_AreLeftOut()
    {
        var slow = Epoch with { ImagesPerSecond = 1, Seconds = 100, ValidationSeconds = 10, PeakMemoryMegabytes = 1000 };

        Assert.Equal(TrainingReport.Summarize(Epoch), TrainingReport.Summarize(slow));
    }

    [Fact]
    public void WriteCsv_Epochs_AreRowsThatReadBack()
    {
        using var writer = new StringWriter();

        var validated = Epoch with
        {
            Epoch = 2,
            Loss = double.NaN,
            ValidationLoss = 0.5,
            ValidationAccuracy = 1,
            ValidationSeconds = 0.25,
        };
        TrainingReport.WriteCsv(writer, [Epoch, validated]);

        Assert.Equal(
            "phase,epoch,learningRate,loss,accuracy,validationLoss,validationAccuracy,imagesPerSecond," +
            """
            seconds,validationSeconds,peakMemoryMegabytes
            fineTuning,1,0.1,0.3333333333333333,0.25,,,8,12.5,,250.5
            fineTuning,2,0.1,NaN,0.25,0.5,1,8,12.5,0.25,250.5

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    private static EpochSummary Epoch => new()
    {
        Epoch = 1,
        Phase = TrainingPhase.FineTuning,
        LearningRate = 0.1,
        Loss = 1.0 / 3,
        Accuracy = 0.25,
        ImagesPerSecond = 8,
        Seconds = 12.5,
        PeakMemoryMegabytes = 250.5,
    };
}
