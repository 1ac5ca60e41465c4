using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MLVision.MLNetExtensions.Files;

/// <summary>A zip from anybody: what it holds is bounded before anything is unpacked, and compared with its checksums.</summary>
/// <remarks>
/// System.IO.Compression of .NET 10 compares no checksums. Structures: PKWARE APPNOTE 6.3.10, §4.3. What is wrong is an
/// <see cref="InvalidDataException"/>, whose message is a clause without a full stop.
/// </remarks>
internal sealed class CheckedZip : IDisposable
{
    /// <summary>Most entries; a chain of ours has 18.</summary>
    public const int MostEntries = 1_000;

    private const int LongestName = 500;
    private const int MostFolders = 32;
    private const int MostExpansion = 100;
    private const long SmallBytes = 64L << 20;      // as much may come out of any zip
    private const long MostBytes = 4L << 30;
    private const int EndLength = 22;
    private const int CommentLength = ushort.MaxValue;
    private const int DirectoryBytes = MostEntries * 2_048;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Lists what a zip holds.</summary>
    /// <param name="zip">The file, at its beginning; left open.</param>
    /// <exception cref="InvalidDataException">It is not a zip, is damaged, or is larger than a model can be.</exception>
    public CheckedZip(Stream zip)
    {
        ThrowIfManyEntries(zip);
        zip.Position = 0;
        _zip = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        try
        {
            long bytes = 0;
            foreach (var entry in _zip.Entries)
            {
                if (!_entries.TryAdd(NameOf(entry), entry))
                {
                    throw new InvalidDataException($"it has two entries {ForeignText.Quote(entry.FullName)}");
                }

                bytes += entry.Length;
                ThrowIfLarge(bytes, entry.Length, zip.Length);
            }
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <summary>The entries' names, folders parted by slashes.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether there is such an entry.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Unpacks an entry.</summary>
    /// <exception cref="InvalidDataException">It is not what was packed.</exception>
    public byte[] Read(string name) => Read(name, headLength: 0).Tail;

    /// <summary>Unpacks an entry, its first bytes apart from the others, which need not be copied then.</summary>
    /// <exception cref="InvalidDataException">It is not what was packed.</exception>
    public (byte[] Head, byte[] Tail) Read(string name, int headLength)
    {
        var length = (int)_entries[name].Length;
        var head = new byte[Math.Min(headLength, length)];
        var rest = GC.AllocateUninitializedArray<byte>(length - head.Length);
        var isWhole = Unpack(name, source => Fills(source, head) && Fills(source, rest) && source.ReadByte() < 0);
        if (!isWhole)
        {
            throw new InvalidDataException($"its entry {ForeignText.Quote(name)} has not the length that it says");
        }

        var sum = new Crc32();
        sum.Append(head);
        sum.Append(rest);
        Compare(name, sum.GetCurrentHashAsUInt32());
        _read.Add(name);
        return (head, rest);

        static bool Fills(Stream source, byte[] bytes) =>
            source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    /// <summary>Compares the entries that nobody has read with their checksums.</summary>
    /// <exception cref="InvalidDataException">One is not what was packed.</exception>
    public void CheckOthers()
    {
        foreach (var name in _entries.Keys.Where(name => !_read.Contains(name)))
        {
            Compare(name, Unpack(name, source =>
            {
                var sum = new Crc32();
                sum.Append(source);
                return sum.GetCurrentHashAsUInt32();
            }));
        }
    }

    public void Dispose() => _zip.Dispose();

    private T Unpack<T>(string name, Func<Stream, T> use)
    {
        try
        {
            using var source = _entries[name].Open();
            return use(source);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"its entry {ForeignText.Quote(name)} cannot be unpacked{ForeignError.InBrackets(e)}", e);
        }
    }

    private void Compare(string name, uint checksum)
    {
        if (checksum != _entries[name].Crc32)
        {
            throw new InvalidDataException(
                $"its entry {ForeignText.Quote(name)} is not what was packed: its checksum is {checksum:x8} instead of "
                + $"{_entries[name].Crc32:x8}");
        }
    }

    /// <summary>
    /// Looks at the number of entries and the length of their directory, as the zip's end gives them, because ZipArchive takes memory for
    /// each before it counts.
    /// </summary>
    private static void ThrowIfManyEntries(Stream zip)
    {
        const uint Signature = 0x06054b50;
        const int Count = 10, Start = 16;
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Signature);
        var tail = new byte[(int)Math.Min(zip.Length, EndLength + CommentLength)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        var at = tail.Length < EndLength ? -1 : tail.AsSpan(0, tail.Length - EndLength + mark.Length).LastIndexOf(mark);
        if (at < 0)
        {
            throw new InvalidDataException("its end is missing");
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + Count));
        var directory = zip.Length - tail.Length + at - BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + Start));
        if (count > MostEntries || directory > DirectoryBytes)
        {
            throw new InvalidDataException(
                count > MostEntries
                    ? $"it has {(count == ushort.MaxValue ? "at least " : "")}{count:N0} entries, and a model has at most {MostEntries:N0}"
                    : $"its directory takes {directory:N0} bytes, and a model's at most {DirectoryBytes:N0}");
        }
    }

    private static void ThrowIfLarge(long allBytes, long entryBytes, long zipBytes)
    {
        if (entryBytes > Array.MaxLength || allBytes > MostBytes || allBytes > SmallBytes + (MostExpansion * zipBytes))
        {
            throw new InvalidDataException(
                $"it unpacks to {Math.Max(allBytes, entryBytes):N0} bytes from {zipBytes:N0}, more than any model");
        }
    }

    /// <summary>
    /// An entry's name; zips that were written on Windows may part folders as Windows does, but then all of them.
    /// </summary>
    private static string NameOf(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        if (name.Length > LongestName || name.AsSpan().ContainsAny('/', '\\') && name.Contains('/') && name.Contains('\\'))
        {
            throw Refused(name);
        }

        name = name.Replace('\\', '/');
        var folders = name.Split('/');
        return folders.Length > MostFolders || name.Any(char.IsControl) || name.Contains(':')
            || folders.SkipLast(1).Any(folder => folder is "" or "." or "..") || folders[^1] is "." or ".."
            ? throw Refused(entry.FullName)
            : name;
    }

    private static InvalidDataException Refused(string name) =>
        new($"it has an entry of a name that no model has: {ForeignText.Quote(name)}");
}
