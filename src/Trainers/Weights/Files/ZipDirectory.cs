using System.Buffers.Binary;
using System.Text;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files;

/// <summary>The entries of a zip archive and the position of their bytes, so that they can be used in place.</summary>
/// <remarks>
/// Structures: PKWARE APPNOTE 6.3.10, §4.3 and §4.5.3 (Zip64). System.IO.Compression reads such archives, too, but does not reveal the
/// position of an entry in the file.
/// </remarks>
internal sealed class ZipDirectory
{
    private const uint LocalHeader = 0x04034b50, CentralHeader = 0x02014b50, End = 0x06054b50;
    private const uint Zip64End = 0x06064b50, Zip64Locator = 0x07064b50;
    private const int LocalHeaderLength = 30, CentralHeaderLength = 46, EndLength = 22;
    private const int Zip64EndLength = 56, Zip64LocatorLength = 20;
    private const ushort Encrypted = 1, Stored = 0, Zip64Field = 1;

    private readonly MappedFile _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly long _start;

    /// <exception cref="WeightsFileException">The directory is damaged, or names an entry twice.</exception>
    public ZipDirectory(MappedFile file)
    {
        _file = file;
        (_start, var length, var count) = FindDirectory();
        var directory = file.Bytes(_start, length);
        for (; count > 0; count--)
        {
            var (name, entry, taken) = ReadEntry(directory);
            if (!_entries.TryAdd(name, entry))
            {
                throw file.Damaged($"its zip directory has two entries {MappedFile.Quote(name)}");
            }

            directory = directory[taken..];
        }
    }

    /// <summary>The entries' names.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>The position of an entry's bytes; null if there is no such entry.</summary>
    /// <exception cref="WeightsFileException">The entry is compressed, encrypted or lies outside the file.</exception>
    public StorageRange? Find(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        if (entry.Method != Stored || (entry.Flags & Encrypted) != 0 || entry.Length != entry.CompressedLength)
        {
            throw _file.Refused(
                $"its entry {MappedFile.Quote(name)} is compressed or encrypted, unlike those of torch.save; save it again");
        }

        var header = _file.Bytes(entry.HeaderOffset, LocalHeaderLength);
        var start = entry.HeaderOffset + LocalHeaderLength + UInt16(header, 26) + UInt16(header, 28);
        return UInt32(header, 0) == LocalHeader && start <= _start && entry.Length <= _start - start
            ? new StorageRange(start, entry.Length)
            : throw _file.Damaged($"its zip entry {MappedFile.Quote(name)} lies outside the file");
    }

    private (long Start, long Length, long Count) FindDirectory()
    {
        // The end record is the file's last; only a comment of up to 65,535 bytes may follow, whose length it gives.
        var tailLength = (int)Math.Min(_file.Length, EndLength + ushort.MaxValue);
        var tail = _file.Bytes(_file.Length - tailLength, tailLength);
        var at = tailLength - EndLength;
        while (at >= 0 && !(UInt32(tail, at) == End && UInt16(tail, at + 20) == tailLength - EndLength - at))
        {
            at--;
        }

        if (at < 0)
        {
            throw _file.Damaged("it begins as a zip archive, but its end is missing; was it downloaded to the end?");
        }

        var end = tail.Slice(at, EndLength);
        var (count, length, start) = (UInt16(end, 10), UInt32(end, 12), UInt32(end, 16));
        if (count != ushort.MaxValue && length != uint.MaxValue && start != uint.MaxValue)
        {
            return (start, length, count);
        }

        var locator = _file.Bytes(_file.Length - tailLength + at - Zip64LocatorLength, Zip64LocatorLength);
        var end64 = _file.Bytes((long)UInt64(locator, 8), Zip64EndLength);
        return UInt32(locator, 0) == Zip64Locator && UInt32(end64, 0) == Zip64End
            ? ((long)UInt64(end64, 48), (long)UInt64(end64, 40), (long)UInt64(end64, 32))
            : throw _file.Damaged("its Zip64 records are missing");
    }

    private (string Name, Entry Entry, int Taken) ReadEntry(ReadOnlySpan<byte> directory)
    {
        if (directory.Length < CentralHeaderLength || UInt32(directory, 0) != CentralHeader)
        {
            throw _file.Damaged("its zip directory ends too early");
        }

        var (nameLength, extraLength, commentLength) = (UInt16(directory, 28), UInt16(directory, 30), UInt16(directory, 32));
        var taken = CentralHeaderLength + nameLength + extraLength + commentLength;
        if (directory.Length < taken)
        {
            throw _file.Damaged("its zip directory ends too early");
        }

        var name = Encoding.UTF8.GetString(directory.Slice(CentralHeaderLength, nameLength));
        var wide = Zip64Values(directory.Slice(CentralHeaderLength + nameLength, extraLength));
        var length = Widen(UInt32(directory, 24), ref wide);
        var compressedLength = Widen(UInt32(directory, 20), ref wide);
        var headerOffset = Widen(UInt32(directory, 42), ref wide);
        return (name, new Entry(UInt16(directory, 8), UInt16(directory, 10), compressedLength, length, headerOffset), taken);
    }

    /// <summary>The numbers that did not fit the entry's own fields, one behind the other.</summary>
    private static ReadOnlySpan<byte> Zip64Values(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4 && UInt16(extra, 2) <= extra.Length - 4)
        {
            var (id, length) = (UInt16(extra, 0), UInt16(extra, 2));
            if (id == Zip64Field)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    private long Widen(uint value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
        {
            return value;
        }

        var number = wide.Length >= sizeof(ulong) ? (long)UInt64(wide, 0) : -1;
        wide = wide.Length >= sizeof(ulong) ? wide[sizeof(ulong)..] : [];
        return number >= 0 ? number : throw _file.Damaged("its zip directory lacks a Zip64 number");
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private readonly record struct Entry(ushort Flags, ushort Method, long CompressedLength, long Length, long HeaderOffset);
}
