namespace MLNetExtensions.Tests.Scoring;

/// <summary>Damages files as disks, cables and cut copies do.</summary>
internal sealed class Mutants(int seed)
{
    private const int LongestBlock = 4096;
    private readonly Random _random = new(seed);

    /// <summary>A damaged copy, which differs from the file.</summary>
    public byte[] Next(byte[] sound)
    {
        byte[] damaged;
        do
        {
            damaged = Damage(sound);
        }
        while (damaged.AsSpan().SequenceEqual(sound));

        return damaged;
    }

    private byte[] Damage(byte[] sound)
    {
        var copy = sound.ToArray();
        var length = _random.Next(1, Math.Min(LongestBlock, copy.Length / 3));
        var (at, other) = (_random.Next(copy.Length - length), _random.Next(copy.Length - length));
        switch (_random.Next(7))
        {
            case 0:
                copy[at] ^= (byte)(1 << _random.Next(8));
                return copy;
            case 1:
                return copy[..at];
            case 2:
                copy.AsSpan(at, length).Clear();
                return copy;
            case 3:
                var block = copy.AsSpan(at, length).ToArray();
                copy.AsSpan(other, length).CopyTo(copy.AsSpan(at, length));
                block.CopyTo(copy.AsSpan(other, length));
                return copy;
            case 4:
                _random.NextBytes(copy.AsSpan(at, Math.Min(length, 16)));
                return copy;
            case 5:
                return [.. copy[..at], .. copy[(at + length)..]];
            default:
                return [.. copy[..at], .. copy[other..(other + length)], .. copy[at..]];
        }
    }
}
