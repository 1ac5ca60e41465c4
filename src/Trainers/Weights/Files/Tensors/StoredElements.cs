using System.Runtime.CompilerServices;

namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>An element as stored in a file, and its value as float.</summary>
internal interface IStoredElement
{
    float Value { get; }
}

internal readonly struct StoredFloat64(double value) : IStoredElement
{
    public float Value => (float)value;
}

internal readonly struct StoredFloat32(float value) : IStoredElement
{
    public float Value => value;
}

internal readonly struct StoredFloat16(Half value) : IStoredElement
{
    public float Value => (float)value;
}

internal readonly struct StoredBFloat16(ushort upperHalf) : IStoredElement
{
    public float Value => BitConverter.UInt32BitsToSingle((uint)upperHalf << 16);
}

internal static unsafe class StoredElements
{
    /// <summary>Copies elements that are <paramref name="stride"/> elements apart; the file need not be aligned.</summary>
    public static void CopyTo<T>(byte* first, long stride, Span<float> destination)
        where T : unmanaged, IStoredElement
    {
        if (stride == 1 && typeof(T) == typeof(StoredFloat32))
        {
            fixed (float* target = destination)
            {
                var bytes = (long)destination.Length * sizeof(float);
                Buffer.MemoryCopy(first, target, bytes, bytes);
            }

            return;
        }

        var step = stride * sizeof(T);
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = Unsafe.ReadUnaligned<T>(first + (i * step)).Value;
        }
    }
}
