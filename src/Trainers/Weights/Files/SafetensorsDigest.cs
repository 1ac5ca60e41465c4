using System.Security.Cryptography;
using System.Text;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files;

/// <summary>The SHA-256 of a safetensors file in its own metadata, by which damage is noticed.</summary>
/// <remarks>
/// The entry <c>content_sha256</c> of <c>__metadata__</c> has 64 digits. What is hashed is the whole file, from its first byte to its last,
/// with zeros in place of these digits. A file without the entry is read unchecked, as other programs write it.
/// </remarks>
internal static class SafetensorsDigest
{
    /// <summary>The entry's name.</summary>
    public const string Name = "content_sha256";

    /// <summary>What to do about a damaged file, behind the clause that says so.</summary>
    public const string Remedy =
        "; take another copy of it, or, if a program changed it on purpose, take that entry out of its metadata";

    private const int HashedAtOnce = 1 << 24;

    /// <summary>What stands in place of the digits while the file is hashed.</summary>
    public static string Blank { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    private static ReadOnlySpan<byte> Beginning => "\"content_sha256\":\""u8;

    /// <summary>Where the digits begin in a header; negative if it has none.</summary>
    public static int PlaceIn(ReadOnlySpan<byte> header) =>
        header.IndexOf(Beginning) is >= 0 and var at && at + Beginning.Length + Blank.Length <= header.Length ? at + Beginning.Length : -1;

    /// <summary>Whether a file is what was written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="headerEnd">Where its header ends.</param>
    /// <param name="digest">The digits that its metadata give.</param>
    public static bool Fits(MappedFile file, long headerEnd, string digest)
    {
        var header = file.Bytes(0, headerEnd).ToArray();
        var place = PlaceIn(header);
        if (place < 0)
        {
            return false;
        }

        Encoding.ASCII.GetBytes(Blank, header.AsSpan(place));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        for (var at = headerEnd; at < file.Length; at += HashedAtOnce)
        {
            hash.AppendData(file.Bytes(at, Math.Min(HashedAtOnce, file.Length - at)));
        }

        return digest == Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
