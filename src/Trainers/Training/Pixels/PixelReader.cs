using Microsoft.Win32.SafeHandles;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>Reads images of a store without copying them.</summary>
/// <remarks>Until it is disposed the images stay valid, even if the store is disposed first.</remarks>
internal readonly unsafe ref struct PixelReader : IDisposable
{
    private readonly PixelStore _store;
    private readonly IReadOnlyList<int> _numbers;
    private readonly List<byte[]> _blocks;
    private readonly SafeMemoryMappedViewHandle? _mapping;
    private readonly byte* _file;

    /// <summary>Called by <see cref="PixelStore.Read"/>, which has taken a hold on the mapping; this instance releases it.</summary>
    public PixelReader(PixelStore store, IReadOnlyList<int> numbers, List<byte[]> blocks, SafeMemoryMappedViewHandle? mapping)
    {
        (_store, _numbers, _blocks, _mapping) = (store, numbers, blocks, mapping);
        _file = (byte*)(mapping?.DangerousGetHandle() ?? 0);
    }

    /// <summary>The image at an index of the list of numbers: bytes [size, size, 3], RGB; valid until this is disposed.</summary>
    /// <exception cref="IOException">The file gives other pixels than were written.</exception>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var number = _numbers[index];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)_store.Count, nameof(index));
            var offset = _store.OffsetInFile(number);
            return offset < 0
                ? _store.InMemory(_blocks, number)
                : _store.ThrowIfChanged(number, new ReadOnlySpan<byte>(_file + offset, _store.ImageLength));
        }
    }

    public void Dispose() => _mapping?.DangerousRelease();
}
