using Microsoft.Extensions.Logging;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>The log lines of devices.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(101, LogLevel.Information, "Scoring on {device}, as asked for.")]
    public static partial void Chosen(ILogger logger, ComputeDevice device);

    [LoggerMessage(102, LogLevel.Information, "Scoring on {device}, the best that the installed ONNX Runtime has ({installed}).")]
    public static partial void BestInstalled(ILogger logger, ComputeDevice device, string installed);

    [LoggerMessage(103, LogLevel.Warning, "{reason} The next best device is used.")]
    public static partial void FellBack(ILogger logger, string reason);

    [LoggerMessage(
        104, LogLevel.Warning,
        "A familiarity of {least} refuses nothing: it was measured on {images} known images, so that none is below {smallest:0.####}.")]
    public static partial void EmptyThreshold(ILogger logger, double least, int images, double smallest);

    [LoggerMessage(105, LogLevel.Warning, "{reason} Batches of {images} are used.")]
    public static partial void SmallerBatches(ILogger logger, string reason, int images);
}
