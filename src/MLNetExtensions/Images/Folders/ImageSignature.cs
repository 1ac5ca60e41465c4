using System.Buffers.Binary;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Tells by the first bytes of a file whether it is an image that can be read.</summary>
internal static class ImageSignature
{
    /// <summary>Bytes that are looked at, at most.</summary>
    public const int Length = 18;

    private const int BitmapHeader = 14;

    /// <summary>Whether a file begins as a JPEG, PNG, BMP, GIF or WebP does; one that cannot be read does not.</summary>
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
            // Nobody said that it was an image: what cannot be opened is passed over like any other file.
            return false;
        }
    }

    /// <summary>Whether bytes begin as an image does.</summary>
    public static bool Is(ReadOnlySpan<byte> begin) =>
        begin.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || begin.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'])
        || begin.StartsWith("GIF87a"u8) || begin.StartsWith("GIF89a"u8)
        || (begin.StartsWith("RIFF"u8) && begin.Length >= 12 && begin[8..12].SequenceEqual("WEBP"u8))
        || IsBitmap(begin);

    /// <summary>Two letters are too few to go by, so the length of the header behind them must be one that there is.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> begin) =>
        begin.StartsWith("BM"u8) && begin.Length >= BitmapHeader + sizeof(int)
        && BinaryPrimitives.ReadInt32LittleEndian(begin[BitmapHeader..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124;
}
