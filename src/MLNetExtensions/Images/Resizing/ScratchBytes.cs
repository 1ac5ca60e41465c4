using System.Buffers;
using System.Runtime.InteropServices;

namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>Temporary memory for decoding, pinned while it is held.</summary>
/// <remarks>
/// Up to 16 MiB comes from the shared pool, so ordinary images allocate nothing. More than that is native memory, which is freed at once: a
/// pool would keep half a gigabyte for minutes after one huge image.
/// </remarks>
internal unsafe ref struct ScratchBytes : IDisposable
{
    private const int LargestPooled = 16 << 20;

    private byte[]? _pooled;
    private GCHandle _pin;
    private void* _native;

    /// <summary>Takes memory; its content is undefined.</summary>
    /// <param name="length">Bytes; at least 0.</param>
    public ScratchBytes(int length)
    {
        if (length <= LargestPooled)
        {
            _pooled = ArrayPool<byte>.Shared.Rent(length);
            _pin = GCHandle.Alloc(_pooled, GCHandleType.Pinned);
            Span = _pooled.AsSpan(0, length);
            Address = _pin.AddrOfPinnedObject();
        }
        else
        {
            _native = NativeMemory.Alloc((nuint)length);
            Span = new Span<byte>(_native, length);
            Address = (nint)_native;
        }
    }

    /// <summary>The memory.</summary>
    public Span<byte> Span { get; }

    /// <summary>The address of the memory.</summary>
    public nint Address { get; }

    public void Dispose()
    {
        if (_pooled is not null)
        {
            _pin.Free();
            ArrayPool<byte>.Shared.Return(_pooled);
            _pooled = null;
        }

        NativeMemory.Free(_native);
        _native = null;
    }
}
