using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training.Trust;

/// <summary>The log lines of what tells how far a model is to be trusted.</summary>
internal static partial class TrustLog
{
    /// <summary>One line for a temperature that was fitted.</summary>
    public static void Fitted(ILogger logger, CalibrationSummary calibration) => Fitted(
        logger, calibration.Temperature, Counted.Of(calibration.Images, "image"), calibration.IsOutOfFold ? "of five folds" : "held out",
        calibration.ErrorBefore, calibration.ErrorAfter);

    [LoggerMessage(
        LogLevel.Information,
        "Temperature {temperature:0.000}, fitted on {images} {kind}: expected calibration error {before:0.000}, with it " +
        "{after:0.000}.")]
    private static partial void Fitted(ILogger logger, double temperature, string images, string kind, double before, double after);

    [LoggerMessage(
        LogLevel.Information,
        "The temperature is left at 1: to fit it takes {least} images, and there are {images}. Hold out more " +
        "(ValidationFraction) or give validation images.")]
    public static partial void TooFew(ILogger logger, int images, int least);

    [LoggerMessage(
        LogLevel.Information,
        "The temperature is left at 1: all {images} images to fit it on are classified rightly, so that they set it no limit.")]
    public static partial void AllRight(ILogger logger, int images);

    [LoggerMessage(
        LogLevel.Information,
        "Familiarity is measured on {images}: its smallest value is {smallest:0.0000}, and a threshold below " +
        "that refuses nothing.")]
    public static partial void Familiar(ILogger logger, string images, double smallest);
}
