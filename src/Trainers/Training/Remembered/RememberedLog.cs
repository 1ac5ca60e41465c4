using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>The log lines of class memories.</summary>
internal static partial class RememberedLog
{
    [LoggerMessage(
        LogLevel.Information,
        "Classes are added to {count} known ones ({known}), of which the features of {images} are remembered.")]
    public static partial void Known(ILogger logger, string images, int count, string known);

    [LoggerMessage(LogLevel.Warning, "No features are remembered of these classes, so the last layer may forget them: {classes}.")]
    public static partial void Forgotten(ILogger logger, string classes);
}
