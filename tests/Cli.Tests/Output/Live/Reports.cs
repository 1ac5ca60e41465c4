using MLVision.Trainers.Training.Results;

namespace Cli.Tests.Output.Live;

/// <summary>What a training reports.</summary>
internal static class Reports
{
    public static TrainingProgress Step(TrainingPhase phase, int epoch, int epochs, int step, int steps, double imagesPerSecond = 40) =>
        new(epoch, epochs, step, steps, Loss: 0.5, imagesPerSecond, phase);

    public static EpochSummary Epoch(TrainingPhase phase, int epoch, double seconds = 10, double? validationSeconds = null) => new()
    {
        Phase = phase,
        Epoch = epoch,
        LearningRate = 0.01,
        Loss = 1.25,
        Accuracy = 0.5,
        ValidationLoss = validationSeconds is null ? null : 1.5,
        ValidationAccuracy = validationSeconds is null ? null : 0.75,
        ImagesPerSecond = 1234,
        Seconds = seconds,
        ValidationSeconds = validationSeconds,
    };
}
