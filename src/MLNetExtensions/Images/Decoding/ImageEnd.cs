using System.Buffers.Binary;

namespace MLVision.MLNetExtensions.Images.Decoding;

/// <summary>Checks whether an encoded image is complete, from the lengths and markers in it; nothing is decoded.</summary>
/// <remarks>
/// A decoder may not notice: it stops at the last row asked for. And a broken download can have its full length but end in zeros, which
/// decode to as many rows as a good file. The check takes a few hundredths of the decoding time. Sources: JPEG: ITU-T T.81, B.1; PNG (third
/// edition), §5.3; GIF89a, §15 to 27; WebP: RFC 9649, §2.4; BMP: BITMAPCOREHEADER, BITMAPINFOHEADER.
/// </remarks>
internal static class ImageEnd
{
    /// <summary>
    /// Whether the file ends before its image does. Also false if the bytes are not an image, or if the format does not tell: then the
    /// decoder finds out. A PNG may lack the checksum of its last chunk, a GIF its trailer and any frame but the first.
    /// </summary>
    public static bool IsMissing(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? IsJpegCut(encoded)
        : PngChunks.IsPng(encoded) ? new PngChunks(encoded).IsCut
        : encoded.StartsWith("GIF8"u8) ? IsGifCut(encoded)
        : encoded.StartsWith("RIFF"u8) ? IsWebPCut(encoded)
        : encoded.StartsWith("BM"u8) && IsBmpCut(encoded);

    /// <summary>Steps from segment to segment, and through the data after a scan's header, to the marker that ends the image.</summary>
    private static bool IsJpegCut(ReadOnlySpan<byte> encoded)
    {
        const byte FirstRestart = 0xD0, EndOfImage = 0xD9, Temporary = 0x01, Fill = 0xFF;
        var rest = encoded[2..];
        while (true)
        {
            // Bytes before a marker are a scan's data, or are ignored.
            var start = rest.IndexOf(Fill);
            if (start < 0 || start + 1 >= rest.Length)
            {
                return true;
            }

            var marker = rest[start + 1];
            rest = rest[(start + (marker == Fill ? 1 : 2))..];
            if (marker == EndOfImage)
            {
                return false;
            }

            // FF 00 is data; restart markers, and the few markers beside them, have no length.
            if (marker is 0 or Temporary or Fill or (>= FirstRestart and < EndOfImage))
            {
                continue;
            }

            if (rest.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(rest) > rest.Length)
            {
                return true;
            }

            rest = rest[BinaryPrimitives.ReadUInt16BigEndian(rest)..];
        }
    }

    /// <summary>Steps from block to block to the end of the first frame's data.</summary>
    private static bool IsGifCut(ReadOnlySpan<byte> encoded)
    {
        const int Header = 13, Descriptor = 10;
        const byte Extension = 0x21, Image = 0x2C;
        if (encoded.Length < Header)
        {
            return true;
        }

        var at = Header + ColorTable(encoded[Header - 3]);
        while (at + 1 < encoded.Length)
        {
            switch (encoded[at])
            {
                case Extension:
                    at = EndOfBlocks(encoded, at + 2);
                    break;
                case Image when at + Descriptor <= encoded.Length:
                    return EndOfBlocks(encoded, at + Descriptor + ColorTable(encoded[at + Descriptor - 1]) + 1) > encoded.Length;
                case Image:
                    return true;
                default:
                    return false;    // not a GIF block: damaged, not truncated
            }
        }

        return true;

        static int ColorTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /// <summary>
    /// The end of GIF data, which is stored in blocks of a length byte and that many bytes; past the file if it is truncated.
    /// </summary>
    private static int EndOfBlocks(ReadOnlySpan<byte> encoded, int at)
    {
        while (at < encoded.Length && encoded[at] > 0)
        {
            at += 1 + encoded[at];
        }

        return at + 1;
    }

    private static bool IsWebPCut(ReadOnlySpan<byte> encoded)
    {
        const int Header = 12, Prefix = 8;
        return encoded.Length < Header
            || (encoded[Prefix..].StartsWith("WEBP"u8) && BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]) > encoded.Length - Prefix);
    }

    /// <summary>Computes the length of the rows; a compressed image does not state it.</summary>
    private static bool IsBmpCut(ReadOnlySpan<byte> encoded)
    {
        const int Offset = 10, Header = 14, OldHeader = 12, NewHeader = 40, RunLength8 = 1, RunLength4 = 2;
        if (encoded.Length < Header + sizeof(int))
        {
            return true;
        }

        var length = Int(encoded, Header);
        if (length is not (OldHeader or >= NewHeader))
        {
            return false;
        }

        if (encoded.Length < Header + Math.Min(length, NewHeader))
        {
            return true;
        }

        var (width, height, bits) = length == OldHeader ? (Short(encoded, 18), Short(encoded, 20), Short(encoded, 24))
            : (Int(encoded, 18), Int(encoded, 22), Short(encoded, 28));
        if (length != OldHeader && Int(encoded, 30) is RunLength8 or RunLength4)
        {
            return false;
        }

        var row = (((long)width * bits) + 31) / 32 * 4;
        return (uint)Int(encoded, Offset) + (row * Math.Abs((double)height)) > encoded.Length;

        static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

        static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
    }
}
