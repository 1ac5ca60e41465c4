using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>How batches go through a session: how large they are, how many at once, and who reads their images.</summary>
/// <remarks>
/// On a CPU the cores score as well as read, so each has a batch of its own. Beside a GPU they only read: then a few batches are under way,
/// and all cores read the images of one.
/// </remarks>
internal sealed record LanePlan
{
    // Four callers keep a GPU busy: while it computes for one, the others copy. More only take its memory.
    private const int CallersOfAGpu = 4;

    // While the last images of a batch are read, cores that are done read those of the next.
    private const int BatchesBeingRead = 2;

    /// <summary>Images that a batch may have.</summary>
    public required int Capacity { get; init; }

    /// <summary>Lanes at most; one is made when all others are in use.</summary>
    public required int Lanes { get; init; }

    /// <summary>Calls of the session at once.</summary>
    public required int Runs { get; init; }

    /// <summary>Batches of one task under way at once.</summary>
    public required int Batches { get; init; }

    /// <summary>Threads that read the images of a batch; over all batches, no more read at once.</summary>
    public required int Readers { get; init; }

    /// <summary>Whether batches are padded to a few sizes, and each size is run once when the model is loaded.</summary>
    public required bool PadsBatches { get; init; }

    /// <summary>The plan for a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="threads">Threads that may read images.</param>
    /// <param name="batchSize">Images in a call of the model.</param>
    public static LanePlan Of(ComputeDevice device, int threads, int batchSize) => device.Kind == ComputeDeviceKind.Cpu
        ? new LanePlan
        {
            Capacity = batchSize,
            Lanes = threads,
            Runs = threads,
            Batches = threads,
            Readers = 1,
            PadsBatches = false,
        }
        : BesideAGpu(threads, batchSize, device.Kind == ComputeDeviceKind.DirectMl ? 1 : CallersOfAGpu);

    /// <summary>The plan for a device that leaves the cores to read images.</summary>
    /// <param name="threads">Threads that may read images.</param>
    /// <param name="batchSize">Images in a call of the model.</param>
    /// <param name="runs">Calls of the session at once; DirectML allows only one.</param>
    public static LanePlan BesideAGpu(int threads, int batchSize, int runs) => new()
    {
        Capacity = batchSize,
        Lanes = threads + runs,
        Runs = runs,
        Batches = runs + BatchesBeingRead,
        Readers = threads,
        PadsBatches = true,
    };
}
