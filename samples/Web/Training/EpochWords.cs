using System.Globalization;
using MLVision.Reports.Contents;
using MLVision.Trainers.Training.Results;

namespace Web.Training;

/// <summary>Epochs and steps in words, and as points of the curves.</summary>
internal static class EpochWords
{
    /// <summary>What a step is part of.</summary>
    public static string Describe(TrainingProgress step) => step.Phase switch
    {
        TrainingPhase.Features => Text($"Looking at the images: {step.ImagesPerSecond:0} a second"),
        TrainingPhase.Head => Text($"Training the last layer: epoch {step.Epoch} of {step.Epochs}"),
        TrainingPhase.FineTuning => Text(
            $"Fine-tuning: epoch {step.Epoch} of {step.Epochs}, {step.ImagesPerSecond:0} images a second"),
        _ => Text($"Training: epoch {step.Epoch} of {step.Epochs}, {step.ImagesPerSecond:0} images a second"),
    };

    /// <summary>The part of a phase that is done, 0..1.</summary>
    public static double Done(TrainingProgress step) =>
        (step.Epoch - 1 + ((double)step.Step / Math.Max(step.Steps, 1))) / Math.Max(step.Epochs, 1);

    /// <summary>An epoch's results.</summary>
    public static string Describe(LearningCurvePoint epoch) =>
        Text($"Epoch {epoch.Epoch}{(epoch.Phase.Length > 0 ? $" of {epoch.Phase}" : "")}: loss {epoch.Loss:0.000}, ")
        + (epoch.ValidationAccuracy is { } accuracy
            ? Text($"{accuracy:0 %} of the held-out images right")
            : Text($"{epoch.Accuracy:0 %} of the images right"));

    /// <summary>An epoch as a point of the curves.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="returned">The epoch whose weights the model has; null while that is unknown.</param>
    public static LearningCurvePoint Point(EpochSummary epoch, EpochSummary? returned = null) => new()
    {
        Phase = epoch.Phase switch
        {
            TrainingPhase.Head => "last layer",
            TrainingPhase.FineTuning => "fine-tuning",
            _ => "",
        },
        Epoch = epoch.Epoch,
        Loss = epoch.Loss,
        Accuracy = epoch.Accuracy,
        ValidationLoss = epoch.ValidationLoss,
        ValidationAccuracy = epoch.ValidationAccuracy,
        IsKept = epoch.Phase == returned?.Phase && epoch.Epoch == returned.Epoch,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
