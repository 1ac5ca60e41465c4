using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace MLVision.MLNetExtensions.Model;

/// <summary>The SHA-256 of a model in its own metadata, by which damage is noticed.</summary>
/// <remarks>
/// The entry <c>content_sha256</c> stands at the end of the file, behind everything else, and names the SHA-256 of all bytes before it:
/// what is hashed is the model without the entry. A file that another program read and wrote again without a change may have other bytes;
/// it is read and written once more here, which gives the first bytes again. So does one whose weights were moved to a file beside it.
/// It is no signature: who changes a model on purpose can write the digest anew, or leave it out.
/// </remarks>
internal static class OnnxDigest
{
    private const string Name = "content_sha256";
    private const int Digits = 2 * SHA256.HashSizeInBytes;

    /// <summary>The entry's key, as it stands in the file.</summary>
    public static ReadOnlySpan<byte> Property => "content_sha256"u8;

    /// <summary>Bytes that the entry adds to a file.</summary>
    public static int Length => Beginning.Length + Digits;

    /// <summary>The entry up to its digits: field 14 of the model, 82 bytes; in it field 1, the key, and field 2 of 64 bytes.</summary>
    private static ReadOnlySpan<byte> Beginning => "\u0072\u0052\u000a\u000econtent_sha256\u0012\u0040"u8;

    /// <summary>Writes a model and its digest; one that it already has is replaced.</summary>
    /// <param name="model">The model, which loses its digest.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(ModelProto model, Stream stream)
    {
        TakeOut(model);
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            model.WriteTo(hashed);
        }

        stream.Write(Beginning);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.Hash!)));
    }

    /// <summary>Takes the digest out of a model; null where it has none.</summary>
    public static string? TakeOut(ModelProto model)
    {
        if (model.MetadataProps.FirstOrDefault(property => property.Key == Name) is not { } entry)
        {
            return null;
        }

        model.MetadataProps.Remove(entry);
        return entry.Value;
    }

    /// <summary>Whether a model that has a digest is what was written.</summary>
    public static bool Fits(ReadOnlySpan<byte> model)
    {
        var end = Math.Max(0, model.Length - Length);
        if (model[end..].StartsWith(Beginning) && model[^Digits..].SequenceEqual(Hash(model[..end])))
        {
            return true;
        }

        try
        {
            return Fits(ModelProto.Parser.ParseFrom(model));
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>The same of a model that was read, which loses its digest.</summary>
    public static bool Fits(ModelProto model)
    {
        var written = TakeOut(model);
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            model.WriteTo(hashed);
        }

        return written == Convert.ToHexStringLower(hash.Hash!);
    }

    private static byte[] Hash(ReadOnlySpan<byte> content) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content)));
}
