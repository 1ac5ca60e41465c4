using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Decides what dropout drops: the same for a seed on every device, and never by torch's global generator.</summary>
/// <remarks>
/// The numbers are drawn on the CPU, many steps' worth at a time, and sent to the device without waiting for it; what is dropped is
/// decided there. TorchSharp has no generator for a GPU. Not thread-safe.
/// </remarks>
/// <param name="device">The device of the network.</param>
internal sealed class Noise(Device device) : IDisposable
{
    private const int ValuesPerPosition = 8;            // of 16 bits
    private const int LeastValues = 1 << 18;            // 512 kB: what a block is worth sending for
    private const int PositionsPerPart = 1 << 13;       // filled by one core at a time
    private const int Levels = 1 << 16;                 // a probability is rounded to so many

    private Philox _generator;
    private ulong _position;
    private Tensor? _values;                            // [n], 16 bits each
    private long _used;

    /// <summary>Begins a sequence of its own for a seed; what was drawn before has no influence.</summary>
    public void Restart(long seed)
    {
        _generator = new Philox(unchecked((ulong)seed));
        (_position, _used) = (0, _values?.shape[0] ?? 0);
    }

    /// <summary>Draws what is kept: false with the probability, true otherwise. The caller owns it.</summary>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="probability">Probability of being dropped, from 0 to below 1; rounded to 1/65536, downwards above 65535/65536.</param>
    public Tensor Kept(long[] shape, double probability)
    {
        var count = shape.Aggregate(1L, (product, length) => product * length);
        if (_values is null || _values.shape[0] - _used < count)
        {
            Draw(Math.Max(count, LeastValues));
        }

        using var scope = NewDisposeScope();
        var chosen = _values!.narrow(0, _used, count).view(shape);
        _used += count;
        var firstKept = (short)(Math.Min((int)Math.Round(probability * Levels), Levels - 1) - (Levels / 2));
        return chosen.ge(firstKept).MoveToOuterDisposeScope();
    }

    public void Dispose() => _values?.Dispose();

    /// <summary>Replaces the values; those that were left are never used.</summary>
    private void Draw(long count)
    {
        var positions = (int)((count + ValuesPerPosition - 1) / ValuesPerPosition);
        using var drawn = empty((long)positions * ValuesPerPosition, ScalarType.Int16);
        Parallel.For(0, (positions + PositionsPerPart - 1) / PositionsPerPart, part =>
        {
            var begin = part * PositionsPerPart;
            var length = Math.Min(PositionsPerPart, positions - begin);
            const int bytes = Philox.WordsPerPosition * sizeof(uint);
            _generator.Fill(drawn.bytes.Slice(begin * bytes, length * bytes), _position + (ulong)begin);
        });
        _values?.Dispose();
        _values = DeviceCopy.Of(drawn, device).DetachFromDisposeScope();
        (_position, _used) = (_position + (ulong)positions, 0);
    }
}
