using Microsoft.Extensions.Logging;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>The log lines of classifiers that follow their file.</summary>
internal static partial class ServedClassifierLog
{
    [LoggerMessage(201, LogLevel.Information, "The changed model {path} is loaded and in use: {architecture}, {classes} classes.")]
    public static partial void Reloaded(ILogger logger, string path, string architecture, int classes);

    [LoggerMessage(202, LogLevel.Warning, "The model {path} changed but cannot be loaded; the previous model stays in use. {reason}")]
    public static partial void KeptOld(ILogger logger, string path, string reason);
}
