using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Weights.Published;

/// <summary>The log lines of fetching weights.</summary>
internal static partial class DownloadLog
{
    [LoggerMessage(LogLevel.Information, "Fetching {address} into {folder}.")]
    public static partial void Fetching(ILogger logger, Uri address, string folder);

    [LoggerMessage(
        LogLevel.Information,
        "{fileName} is checked by the first 32 bits of its SHA-256 only: no more of it is known, and these can be forged.")]
    public static partial void CheckedByPrefix(ILogger logger, string fileName);

    [LoggerMessage(LogLevel.Information, "Resuming {fileName} at {bytes} bytes.")]
    public static partial void Resuming(ILogger logger, string fileName, long bytes);

    [LoggerMessage(LogLevel.Information, "Waiting for another download of {fileName}.")]
    public static partial void Waiting(ILogger logger, string fileName);

    [LoggerMessage(LogLevel.Warning, "The connection was cut at {bytes} bytes of {fileName}: {reason}")]
    public static partial void Cut(ILogger logger, string fileName, long bytes, string reason);

    [LoggerMessage(LogLevel.Warning, "{path} is damaged and is fetched again.")]
    public static partial void Damaged(ILogger logger, string path);

    [LoggerMessage(LogLevel.Warning, "The parts of {fileName} do not belong together; it is fetched again from the start.")]
    public static partial void Mixed(ILogger logger, string fileName);
}
