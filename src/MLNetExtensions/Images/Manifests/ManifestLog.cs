using Microsoft.Extensions.Logging;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>The log lines of reading manifests.</summary>
internal static partial class ManifestLog
{
    [LoggerMessage(311, LogLevel.Information, "{manifest}: {summary}")]
    public static partial void Read(ILogger logger, string manifest, string summary);
}
