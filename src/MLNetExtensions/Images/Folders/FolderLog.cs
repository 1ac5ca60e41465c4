using Microsoft.Extensions.Logging;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>The log lines of reading folders.</summary>
internal static partial class FolderLog
{
    [LoggerMessage(301, LogLevel.Information, "{folder}: {leftOut}")]
    public static partial void Read(ILogger logger, string folder, LeftOut leftOut);

    [LoggerMessage(
        302, LogLevel.Warning,
            "There is only the class '{label}', and all of its images lie in sub-folders ({folders}): did you mean '{folder}'?")]
    public static partial void OneFolderTooHigh(ILogger logger, string label, string folders, string folder);
}
