using System.Buffers.Binary;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>The chunks of a PNG file, one after the other. Source: PNG specification (third edition), §5.2 and 5.3.</summary>
/// <param name="encoded">A PNG file, complete or not.</param>
internal ref struct PngChunks(ReadOnlySpan<byte> encoded)
{
    private const int Header = 8;
    private const int CheckSum = 4;

    private ReadOnlySpan<byte> _rest = encoded[Signature.Length..];

    /// <summary>The type of the current chunk, four letters; empty before the first one and after the last.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>The content of the current chunk.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether the file ends before the final chunk begins.</summary>
    public readonly bool IsCut
    {
        get
        {
            var chunks = this;
            while (chunks.MoveNext())
            {
            }

            return chunks._rest.Length < Header || !chunks._rest[4..].StartsWith("IEND"u8);
        }
    }

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether the bytes begin with the PNG signature.</summary>
    public static bool IsPng(ReadOnlySpan<byte> encoded) => encoded.StartsWith(Signature);

    /// <summary>Moves to the next chunk; false at the end of the image, and before an incomplete chunk.</summary>
    public bool MoveNext()
    {
        Type = default;
        Content = default;
        if (_rest.Length < Header || _rest[4..].StartsWith("IEND"u8)
            || BinaryPrimitives.ReadUInt32BigEndian(_rest) is var length && length > _rest.Length - Header - CheckSum)
        {
            return false;
        }

        Type = _rest.Slice(4, 4);
        Content = _rest.Slice(Header, (int)BinaryPrimitives.ReadUInt32BigEndian(_rest));
        _rest = _rest[(Header + Content.Length + CheckSum)..];
        return true;
    }
}
