using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Training.Results;

/// <summary>The log lines of a training.</summary>
internal static partial class TrainingLog
{
    /// <summary>One line for an epoch that ended.</summary>
    public static void Ended(ILogger logger, int epochs, EpochSummary summary)
    {
        if (summary.ValidationAccuracy is { } accuracy)
        {
            Validated(
                logger, Name(summary.Phase), summary.Epoch, epochs, summary.Loss, summary.Accuracy, accuracy, summary.ImagesPerSecond,
                summary.PeakMemoryMegabytes);
        }
        else
        {
            Trained(
                logger, Name(summary.Phase), summary.Epoch, epochs, summary.Loss, summary.Accuracy, summary.ImagesPerSecond,
                summary.PeakMemoryMegabytes);
        }
    }

    /// <summary>One line for the epoch whose weights the model has.</summary>
    public static void Returned(ILogger logger, EpochSummary summary)
    {
        if (summary.ValidationAccuracy is { } accuracy)
        {
            ReturnedBest(logger, Name(summary.Phase).ToLowerInvariant(), summary.Epoch, accuracy);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Training {architecture} on {device}: {images}, {validation} held out for validation, {classes} classes, {imageSize} " +
        "pixels wide and high.")]
    public static partial void Started(
        ILogger logger, string architecture, string device, string images, int validation, int classes, int imageSize);

    [LoggerMessage(LogLevel.Information, "Features of {images}, {views} each, {imagesPerSecond:0.0} images/s.")]
    public static partial void FeaturesFound(ILogger logger, string images, string views, double imagesPerSecond);

    [LoggerMessage(LogLevel.Warning, "{reason} The checkpoint of the epoch before is taken, '{previous}'.")]
    public static partial void WentBack(ILogger logger, string reason, string previous);

    /// <summary>One line for a training that is resumed.</summary>
    public static void Resumed(ILogger logger, TrainingPhase phase, int epoch) =>
        ResumedAfter(logger, Name(phase).ToLowerInvariant(), epoch);

    [LoggerMessage(LogLevel.Information, "Resumed after {phase} {epoch}.")]
    private static partial void ResumedAfter(ILogger logger, string phase, int epoch);

    [LoggerMessage(LogLevel.Information, "Stopped early: {epochs} without improvement.")]
    public static partial void StoppedEarly(ILogger logger, string epochs);

    [LoggerMessage(
        LogLevel.Information,
        "The model has the weights of {phase} {epoch}, validation accuracy {validationAccuracy:0.000}.")]
    private static partial void ReturnedBest(ILogger logger, string phase, int epoch, double validationAccuracy);

    [LoggerMessage(LogLevel.Warning, "There are no images to learn these classes from: {classes}.")]
    public static partial void ClassesWithoutImages(ILogger logger, string classes);

    [LoggerMessage(LogLevel.Warning, "Skipped unreadable image {image}: {reason}")]
    public static partial void Skipped(ILogger logger, string image, string reason);

    [LoggerMessage(LogLevel.Warning, "Left out image {image}: {reason}")]
    public static partial void LeftOut(ILogger logger, string image, string reason);

    [LoggerMessage(
        TrainingEvents.EndedAndChecked, LogLevel.Information,
        "{phase} {epoch}/{epochs}: loss {loss:0.000}, accuracy {accuracy:0.000}, validation accuracy {validationAccuracy:0.000}, " +
        "{imagesPerSecond:0} images/s, peak {megabytes:0} MB")]
    private static partial void Validated(
        ILogger logger, string phase, int epoch, int epochs, double loss, double accuracy, double validationAccuracy,
        double imagesPerSecond,
        double megabytes);

    [LoggerMessage(
        TrainingEvents.Ended, LogLevel.Information,
        "{phase} {epoch}/{epochs}: loss {loss:0.000}, accuracy {accuracy:0.000}, {imagesPerSecond:0} images/s, peak {megabytes:0} MB")]
    private static partial void Trained(
        ILogger logger, string phase, int epoch, int epochs, double loss, double accuracy, double imagesPerSecond, double megabytes);

    private static string Name(TrainingPhase phase) => phase switch
    {
        TrainingPhase.Head => "Head, epoch",
        TrainingPhase.FineTuning => "Fine-tuning, epoch",
        _ => "Epoch",
    };
}
