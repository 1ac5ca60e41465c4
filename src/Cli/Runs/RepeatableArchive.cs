using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MLVision.Cli.Runs;

/// <summary>
/// A copy of a model's zip archive without what depends on the clock and on threads, so that the same model is the same file.
/// </summary>
/// <remarks>
/// ML.NET gives entries the time of day, and writes the blocks of a binary view in the order in which threads compress them. Compressed
/// content is copied as it is. Source: PKWARE's APPNOTE 6.3.10, §4.3.7, §4.3.12 and §4.3.16.
/// </remarks>
internal static class RepeatableArchive
{
    private const int EndLength = 22;
    private const int EntryLength = 46;     // in the directory at the end
    private const int HeaderLength = 30;    // before the content
    private const int CopyBytes = 1 << 16;
    private const uint EndSignature = 0x06054b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint FirstTime = 0x0021_0000;     // 1980-01-01 00:00:00, the first that a zip can name

    /// <summary>Copies an archive.</summary>
    /// <param name="from">The archive, as ML.NET writes it: without a comment, smaller than 4 GB; it can be sought in.</param>
    /// <param name="to">Where to.</param>
    /// <exception cref="InvalidDataException">It is no such archive.</exception>
    public static void Copy(Stream from, Stream to)
    {
        var end = Read(from, from.Length - EndLength, EndLength);
        var (count, place) = (UInt16(end, 10), UInt32(end, 16));
        Require(UInt32(end, 0) == EndSignature && place < uint.MaxValue);
        using var directory = new MemoryStream();
        var start = to.Position;
        long entry = place;
        for (var i = 0; i < count; i++)
        {
            var about = Read(from, entry, EntryLength);
            Require(UInt32(about, 0) == EntrySignature);
            var (name, extra, comment) = (UInt16(about, 28), UInt16(about, 30), UInt16(about, 32));
            var names = Read(from, entry + EntryLength, name + extra + comment);
            var header = Read(from, UInt32(about, 42), HeaderLength);
            var headerNames = Read(from, UInt32(about, 42) + HeaderLength, UInt16(header, 26) + UInt16(header, 28));
            var written = to.Position - start;
            if (names.AsSpan(0, name).EndsWith(".idv"u8))
            {
                WriteView(from, to, about, header, headerNames);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(10), FirstTime);
                to.Write(header);
                to.Write(headerNames);
                CopyContent(from, to, UInt32(about, 20));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(about.AsSpan(12), FirstTime);
            BinaryPrimitives.WriteUInt32LittleEndian(about.AsSpan(42), checked((uint)written));
            directory.Write(about);
            directory.Write(names);
            entry += EntryLength + names.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), checked((uint)(to.Position - start)));
        to.Write(directory.GetBuffer().AsSpan(0, (int)directory.Length));
        to.Write(end);
    }

    /// <summary>Writes a binary view with its blocks in order; size and checksum in both headers become the new content's.</summary>
    private static void WriteView(Stream from, Stream to, byte[] about, byte[] header, byte[] headerNames)
    {
        const ushort Deflated = 8;
        var content = new byte[UInt32(about, 24)];
        using (var compressed = new MemoryStream(Read(from, from.Position, (int)UInt32(about, 20))))
        using (Stream plain = UInt16(about, 10) == Deflated ? new DeflateStream(compressed, CompressionMode.Decompress) : compressed)
        {
            plain.ReadExactly(content);
        }

        BlockOrder.Sort(content);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        // The same four fields follow each other in both headers: method, time, checksum, compressed size.
        foreach (var fields in (Memory<byte>[])[header.AsMemory(8), about.AsMemory(10)])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(fields.Span, Deflated);
            BinaryPrimitives.WriteUInt32LittleEndian(fields.Span[2..], FirstTime);
            BinaryPrimitives.WriteUInt32LittleEndian(fields.Span[6..], Crc32.HashToUInt32(content));
            BinaryPrimitives.WriteUInt32LittleEndian(fields.Span[10..], (uint)packed.Length);
        }

        to.Write(header);
        to.Write(headerNames);
        packed.WriteTo(to);
    }

    private static void CopyContent(Stream from, Stream to, long length)
    {
        var buffer = new byte[CopyBytes];
        for (var left = length; left > 0;)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            Require(read > 0);
            to.Write(buffer, 0, read);
            left -= read;
        }
    }

    private static byte[] Read(Stream from, long place, int length)
    {
        var bytes = new byte[length];
        from.Position = place;
        from.ReadExactly(bytes);
        return bytes;
    }

    private static ushort UInt16(byte[] bytes, int place) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(place));

    private static uint UInt32(byte[] bytes, int place) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(place));

    private static void Require(bool isArchive)
    {
        if (!isArchive)
        {
            throw new InvalidDataException("The archive of the model is not laid out as ML.NET writes it.");
        }
    }
}
