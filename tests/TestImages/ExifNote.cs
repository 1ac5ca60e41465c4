using System.Buffers.Binary;

namespace TestImages;

/// <summary>Puts a note into an image file that says how the picture is stored, as cameras do.</summary>
/// <remarks>Sources: Exif 2.32, §4.5 and 4.6.4 (tag 274); PNG (third edition), §11.3.3.4; WebP: RFC 9649, §2.7.</remarks>
internal static class ExifNote
{
    private const int Signature = 8;
    private const int Header = 25;

    /// <summary>What a viewer shows of the picture 123/456/789 when it is stored so, row by row, by the orientation's number.</summary>
    /// <remarks>By hand from Exif 2.32, §4.6.4: which side of the picture the stored first row and first column are.</remarks>
    public static IReadOnlyDictionary<int, int[]> Upright { get; } = new Dictionary<int, int[]>
    {
        [1] = [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [2] = [3, 2, 1, 6, 5, 4, 9, 8, 7],
        [3] = [9, 8, 7, 6, 5, 4, 3, 2, 1],
        [4] = [7, 8, 9, 4, 5, 6, 1, 2, 3],
        [5] = [1, 4, 7, 2, 5, 8, 3, 6, 9],
        [6] = [7, 4, 1, 8, 5, 2, 9, 6, 3],
        [7] = [9, 6, 3, 8, 5, 2, 7, 4, 1],
        [8] = [3, 6, 9, 2, 5, 8, 1, 4, 7],
    };

    /// <summary>Puts the note into a JPEG, PNG or lossless WebP file that has none.</summary>
    public static byte[] Add(byte[] image, ushort orientation, bool littleEndian = true)
    {
        var note = Tiff(orientation, littleEndian);
        return image[0] switch
        {
            0xFF => [.. image[..2], 0xFF, 0xE1, .. BigEndian((ushort)(8 + note.Length)), .. "Exif\0\0"u8, .. note, .. image[2..]],
            0x89 => [.. image[..(Signature + Header)], .. PngHeader.Chunk("eXIf"u8, note), .. image[(Signature + Header)..]],
            _ => WebP(image, note),
        };
    }

    /// <summary>A directory of one entry.</summary>
    private static byte[] Tiff(ushort orientation, bool littleEndian) => littleEndian
        ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, (byte)(orientation >> 8), 0, 0, 0, 0, 0, 0]
        : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, .. BigEndian(orientation), 0, 0, 0, 0, 0, 0];

    private static byte[] BigEndian(ushort value) => [(byte)(value >> 8), (byte)value];

    /// <summary>A simple file becomes an extended one: a header that says what there is, the image, the note.</summary>
    private static byte[] WebP(byte[] image, byte[] note)
    {
        const int ExifFlag = 8, Riff = 12, LosslessSize = 21;
        // 14 bits each of width and height, both less one, as the lossless image has them.
        var sizes = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(LosslessSize));
        var (width, height) = (sizes & 0x3FFF, (sizes >> 14) & 0x3FFF);
        byte[] extended = [ExifFlag, 0, 0, 0, (byte)width, (byte)(width >> 8), 0, (byte)height, (byte)(height >> 8), 0];
        byte[] header = [.. "WEBPVP8X"u8, .. LittleEndian(extended.Length), .. extended];
        byte[] content = [.. header, .. image[Riff..], .. "EXIF"u8, .. LittleEndian(note.Length), .. note];
        return [.. "RIFF"u8, .. LittleEndian(content.Length), .. content];
    }

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
