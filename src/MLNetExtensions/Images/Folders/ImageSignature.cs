using System.Buffers.Binary;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Recognises readable images by the first bytes of a file.</summary>
internal static class ImageSignature
{
    /// <summary>The number of bytes that are looked at.</summary>
    public const int Length = 18;

    private const int BitmapHeader = 14;

    /// <summary>Whether a file begins like a JPEG, PNG, BMP, GIF or WebP; false for a file that cannot be read.</summary>
    public static bool IsIn(string path)
    {
        try
        {
            Span<byte> begin = stackalloc byte[Length];
            using var file = File.OpenHandle(path);
            return Is(begin[..RandomAccess.Read(file, begin, fileOffset: 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its name does not claim an image, so a file that cannot be opened is ignored like any other file.
            return false;
        }
    }

    /// <summary>Whether bytes begin like an image.</summary>
    public static bool Is(ReadOnlySpan<byte> begin) =>
        begin.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || begin.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'])
        || begin.StartsWith("GIF87a"u8) || begin.StartsWith("GIF89a"u8)
        || (begin.StartsWith("RIFF"u8) && begin.Length >= 12 && begin[8..12].SequenceEqual("WEBP"u8))
        || IsBitmap(begin);

    /// <summary>BMP's two letters prove too little, so the header's length must also be one that exists.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> begin) =>
        begin.StartsWith("BM"u8) && begin.Length >= BitmapHeader + sizeof(int)
        && BinaryPrimitives.ReadInt32LittleEndian(begin[BitmapHeader..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124;
}
