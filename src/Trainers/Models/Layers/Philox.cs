using System.Runtime.InteropServices;

namespace MLVision.Trainers.Models.Layers;

/// <summary>Philox4x32-10: random bits that are a function of a key and a position, so that any part can be computed on its own.</summary>
/// <remarks>Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3.</remarks>
/// <param name="key">64 bits; another key gives another sequence.</param>
internal readonly struct Philox(ulong key)
{
    /// <summary>Words of 32 bits that one position gives.</summary>
    public const int WordsPerPosition = 4;

    private const int Rounds = 10;
    private const ulong Multiplier0 = 0xD2511F53;
    private const ulong Multiplier2 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;      // added to the key from round to round
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>Fills the target with the bits of positions that follow each other.</summary>
    /// <param name="target">Whole positions of 16 bytes.</param>
    /// <param name="first">The first position.</param>
    public void Fill(Span<byte> target, ulong first)
    {
        var words = MemoryMarshal.Cast<byte, uint>(target);
        for (var i = 0; i < words.Length; i += WordsPerPosition)
        {
            (words[i], words[i + 1], words[i + 2], words[i + 3]) = At(first + (ulong)(i / WordsPerPosition), high: 0);
        }
    }

    /// <summary>The 128 bits of a position, the lowest first.</summary>
    /// <param name="low">The lower half of the position.</param>
    /// <param name="high">The upper half.</param>
    public (uint First, uint Second, uint Third, uint Fourth) At(ulong low, ulong high)
    {
        var (a, b, c, d) = ((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
        var (key0, key1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var (product0, product2) = (Multiplier0 * a, Multiplier2 * c);
            (a, b, c, d) = ((uint)(product2 >> 32) ^ b ^ key0, (uint)product2, (uint)(product0 >> 32) ^ d ^ key1, (uint)product0);
            (key0, key1) = (unchecked(key0 + Weyl0), unchecked(key1 + Weyl1));
        }

        return (a, b, c, d);
    }
}
