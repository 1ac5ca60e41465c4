using Microsoft.Extensions.Logging;

namespace MLVision.Trainers.Training.Compute;

/// <summary>
/// The log lines about how a training computes; their events begin with <c>Compute</c>, so that a listener can tell them.
/// </summary>
internal static partial class ComputeLog
{
    [LoggerMessage(
        LogLevel.Information, "Computing on the CPU: {precision}, {layout}, {threads} threads, freed memory {memory}.",
            EventName = "ComputeOnCpu")]
    public static partial void OnCpu(ILogger logger, string precision, string layout, int threads, string memory);

    [LoggerMessage(LogLevel.Information, "Computing on {device}: {precision}, {layout}, TF32 {tensorFloat}.", EventName = "ComputeOnGpu")]
    public static partial void OnGpu(ILogger logger, string device, string precision, string layout, string tensorFloat);

    [LoggerMessage(
        LogLevel.Warning, "This CPU has no instructions for bfloat16: float32 would be faster.", EventName = "ComputeSlowPrecision")]
    public static partial void SlowPrecision(ILogger logger);
}
