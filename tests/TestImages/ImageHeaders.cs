using System.Buffers.Binary;

namespace TestImages;

/// <summary>The first bytes of image files that claim a size; what would have to be decoded is missing.</summary>
/// <remarks>Sources: JPEG: ITU-T T.81, B.2; GIF89a, §18-23; BITMAPINFOHEADER; WebP: RFC 9649, §2.7 and §3.</remarks>
internal static class ImageHeaders
{
    /// <summary>File name endings that a header can be made for.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".png", ".jpg", ".gif", ".bmp", ".webp"];

    /// <summary>The header of the format that the ending stands for.</summary>
    public static byte[] Claiming(string ending, ushort width, ushort height) => ending switch
    {
        ".png" => PngHeader.Claiming(width, height),
        ".jpg" => Jpeg(width, height),
        ".gif" => Gif(width, height),
        ".bmp" => Bmp(width, height),
        ".webp" => WebP(width, height),
        _ => throw new ArgumentOutOfRangeException(nameof(ending), ending, "No format of ours."),
    };

    /// <summary>A baseline frame of one component, with tables of nothing, and the start of a scan.</summary>
    private static byte[] Jpeg(ushort width, ushort height) =>
    [
        0xFF, 0xD8,
        0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
        0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
        0xFF, 0xC4, 0, 20, 0, 1, .. new byte[15], 0,
        0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
    ];

    /// <summary>A screen with two colours, and one frame that fills it.</summary>
    private static byte[] Gif(ushort width, ushort height)
    {
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        return [.. "GIF89a"u8, .. size, 0x80, 0, 0, .. new byte[6], 0x2C, 0, 0, 0, 0, .. size, 0, 2, 1, 0x44, 0, 0x3B];
    }

    private static byte[] Bmp(ushort width, ushort height)
    {
        var file = new byte[54 + 4];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        (file[26], file[28]) = (1, 24);     // one plane, 24 bits a pixel
        return file;
    }

    /// <summary>A lossless image: two sizes of 14 bits less one, behind a signature.</summary>
    private static byte[] WebP(ushort width, ushort height)
    {
        var sizes = (uint)(width - 1) | ((uint)(height - 1) << 14);
        byte[] image = [0x2F, (byte)sizes, (byte)(sizes >> 8), (byte)(sizes >> 16), (byte)(sizes >> 24), 0];
        return [.. "RIFF"u8, .. Length(12 + image.Length), .. "WEBPVP8L"u8, .. Length(image.Length), .. image];
    }

    private static byte[] Length(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
