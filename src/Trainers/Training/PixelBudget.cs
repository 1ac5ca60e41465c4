namespace Trainers.Training;

/// <summary>How much of the pixels may stay in memory.</summary>
internal static class PixelBudget
{
    private const int BytesPerMegabyte = 1_000_000;
    private const int ShareOfMemory = 4;

    /// <summary>
    /// The asked megabytes in bytes; null takes a quarter of the memory the process may use, which inside a container is the
    /// container's.
    /// </summary>
    public static long Bytes(int? megabytes) => megabytes is { } asked
        ? (long)asked * BytesPerMegabyte
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory;
}
