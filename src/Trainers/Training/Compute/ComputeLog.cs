using Microsoft.Extensions.Logging;
using MLVision.Trainers.Native;

namespace MLVision.Trainers.Training.Compute;

/// <summary>
/// The log lines about how a training computes; their events begin with <c>Compute</c>, so that a listener can tell them.
/// </summary>
internal static partial class ComputeLog
{
    [LoggerMessage(
        LogLevel.Information, "Computing on the CPU: {precision}, {layout}, {threads}, freed memory {memory}.",
            EventName = "ComputeOnCpu")]
    public static partial void OnCpu(ILogger logger, string precision, string layout, string threads, string memory);

    [LoggerMessage(LogLevel.Information, "Computing on {device}: {precision}, {layout}, TF32 {tensorFloat}.", EventName = "ComputeOnGpu")]
    public static partial void OnGpu(ILogger logger, string device, string precision, string layout, string tensorFloat);

    [LoggerMessage(
        LogLevel.Warning, "This CPU has no instructions for bfloat16: float32 would be faster.", EventName = "ComputeSlowPrecision")]
    public static partial void SlowPrecision(ILogger logger);

    /// <summary>Says which libtorch computes if the user has named one.</summary>
    public static void Libtorch(ILogger logger, OtherLibtorch? named)
    {
        if (named is not null)
        {
            OtherLibtorch(logger, named.Version, named.Folder);
            if (LibtorchVersion.IsUntried(named.Version))
            {
                UntriedLibtorch(logger, named.Version);
            }
        }
    }

    [LoggerMessage(
        LogLevel.Information, "Computing with the libtorch {version} in '{folder}', which MLVISION_LIBTORCH names.",
            EventName = "ComputeOtherLibtorch")]
    private static partial void OtherLibtorch(ILogger logger, Version version, string folder);

    [LoggerMessage(
        LogLevel.Warning, "libtorch {version} is newer than any that this version was tried with.", EventName = "ComputeUntriedLibtorch")]
    private static partial void UntriedLibtorch(ILogger logger, Version version);
}
