using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MLVision.Trainers.Onnx;

/// <summary>A tensor's native memory as managed memory, so that weights are written to a file without a copy.</summary>
/// <remarks>Keeps the tensor from the garbage collector; whoever disposes the tensor must be done with the memory.</remarks>
internal sealed unsafe class TensorMemory : MemoryManager<byte>
{
    private readonly Tensor _tensor;
    private readonly byte* _start;
    private readonly int _length;

    public TensorMemory(Tensor tensor)
    {
        if (!tensor.is_contiguous() || tensor.device_type != TorchSharp.DeviceType.CPU)
        {
            throw new ArgumentException("Only a contiguous tensor on the CPU can be seen as memory.", nameof(tensor));
        }

        _tensor = tensor;
        var bytes = tensor.bytes;
        _length = bytes.Length;
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => GC.KeepAlive(_tensor);
}
