using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>
/// Memory of the host that an NVIDIA GPU reads and writes by itself, without a copy by the driver and while the CPU goes on.
/// </summary>
internal sealed unsafe class PageLockedMemory<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly OrtMemoryInfo _kind;
    private readonly OrtAllocator _allocator;
    private readonly OrtMemoryAllocation _memory;
    private readonly int _length;
    private GCHandle _kept;

    private PageLockedMemory(OrtMemoryInfo kind, OrtAllocator allocator, OrtMemoryAllocation memory, int length)
    {
        (_kind, _allocator, _memory, _length) = (kind, allocator, memory, length);
        // Memory is freed by its allocator, and the collector could take both in the wrong order: it must not, if nobody disposes of them.
        _kept = GCHandle.Alloc(this);
    }

    // The handle of an allocation is its address.
    private T* Start => (T*)_memory.DangerousGetHandle();

    /// <summary>Allocates memory; null where the session's device has none of this kind, or no more.</summary>
    /// <param name="session">The session, which must outlive the memory.</param>
    /// <param name="length">Elements.</param>
    public static PageLockedMemory<T>? TryAllocate(ClassifierSession session, int length) =>
        session.Device.Kind is ComputeDeviceKind.Cuda or ComputeDeviceKind.TensorRt
            ? TryAllocate(session, length, OrtMemoryInfo.allocatorCUDA_PINNED, OrtMemType.CpuOutput)
            : null;

    /// <summary>Allocates memory that a session has by a name.</summary>
    /// <inheritdoc cref="TryAllocate(ClassifierSession, int)"/>
    internal static PageLockedMemory<T>? TryAllocate(ClassifierSession session, int length, byte[] allocatorName, OrtMemType type)
    {
        OrtMemoryInfo? kind = null;
        OrtAllocator? allocator = null;
        try
        {
            kind = new OrtMemoryInfo(allocatorName, OrtAllocatorType.DeviceAllocator, session.Device.Index, type);
            allocator = new OrtAllocator(session.Session, kind);
            return new PageLockedMemory<T>(kind, allocator, allocator.Allocate(checked((uint)(length * (long)sizeof(T)))), length);
        }
        catch (Exception e) when (e is OnnxRuntimeException or OverflowException)
        {
            // Ordinary memory does the same, only slower.
            allocator?.Dispose();
            kind?.Dispose();
            return null;
        }
    }

    public override Span<T> GetSpan() => new(Start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(Start + elementIndex, default, this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _kept.IsAllocated)
        {
            _memory.Dispose();
            _allocator.Dispose();
            _kind.Dispose();
            _kept.Free();
        }
    }
}
