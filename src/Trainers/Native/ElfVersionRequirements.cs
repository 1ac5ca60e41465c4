using System.Runtime.InteropServices;
using System.Text;

namespace MLVision.Trainers.Native;

/// <summary>The symbol versions that a 64-bit little-endian ELF shared library requires from other libraries.</summary>
/// <remarks>
/// Follows the dynamic segment, as the dynamic loader does; section headers may be stripped. Structures: System V gABI, and
/// "Symbol Versioning" in the Linux Standard Base Core Specification.
/// </remarks>
internal sealed class ElfVersionRequirements
{
    private const int HeaderLength = 64, ProgramHeaderLength = 56, DynamicEntryLength = 16, RelocationLength = 24;
    private const uint LoadSegment = 1, DynamicSegment = 2;
    private const long RelaSize = 8, Rela = 7, JumpRela = 23, JumpRelaSize = 2, StringTable = 5;
    private const long SymbolVersions = 0x6ffffff0, VersionNeeds = 0x6ffffffe, VersionNeedCount = 0x6fffffff;
    private const ushort SharedLibrary = 3, WeakFlag = 2, VersionIndexMask = 0x7fff;

    private readonly byte[] bytes;
    private readonly List<(ulong Address, ulong Offset, ulong Length)> segments = [];
    private readonly Dictionary<long, ulong> dynamic = [];

    private ElfVersionRequirements(byte[] library)
    {
        bytes = library;
        ReadOnlySpan<byte> elf64LittleEndian = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (bytes.Length < HeaderLength || !bytes.AsSpan().StartsWith(elf64LittleEndian) || Read<ushort>(16) != SharedLibrary)
        {
            throw new InvalidDataException("The file is not a 64-bit little-endian ELF shared library.");
        }

        ReadProgramHeaders();
    }

    /// <summary>Copies a library so that it also loads if <paramref name="version"/> does not exist on the system.</summary>
    /// <remarks>Sets VER_FLG_WEAK on each requirement of that version; nothing else changes.</remarks>
    /// <exception cref="InvalidDataException">
    /// The file is not such a library, is damaged, or does not require the version; or code or data uses a symbol of the version. In the
    /// last case the version is really needed, and the process would fail at the first call instead of at loading.
    /// </exception>
    public static byte[] Weaken(byte[] library, string version)
    {
        var copy = new ElfVersionRequirements([.. library]);
        var weakened = copy.WeakenRequirements(version);
        if (weakened.Count == 0)
        {
            throw new InvalidDataException($"The library does not ask for {version}.");
        }

        copy.RequireUnbound(Rela, RelaSize, weakened, version);
        copy.RequireUnbound(JumpRela, JumpRelaSize, weakened, version);
        return copy.bytes;
    }

    private void ReadProgramHeaders()
    {
        var table = Read<ulong>(32);
        var count = Read<ushort>(56);
        for (var index = 0; index < count; index++)
        {
            var header = table + (ulong)(index * ProgramHeaderLength);
            var (kind, offset, address, length) =
                (Read<uint>(header), Read<ulong>(header + 8), Read<ulong>(header + 16), Read<ulong>(header + 32));
            if (kind == LoadSegment)
            {
                segments.Add((address, offset, length));
            }
            else if (kind == DynamicSegment)
            {
                for (var entry = offset; Read<long>(entry) != 0; entry += DynamicEntryLength)
                {
                    dynamic[Read<long>(entry)] = Read<ulong>(entry + 8);
                }
            }
        }
    }

    private HashSet<ushort> WeakenRequirements(string version)
    {
        var weakened = new HashSet<ushort>();
        if (!dynamic.TryGetValue(VersionNeedCount, out var files) || files == 0)
        {
            return weakened;
        }

        var strings = Table(StringTable);
        foreach (var need in Chain(Table(VersionNeeds), linkAt: 12, files))
        {
            foreach (var requirement in Chain(need + Read<uint>(need + 8), linkAt: 12, Read<ushort>(need + 2)))
            {
                if (NameIs(strings + Read<uint>(requirement + 8), version))
                {
                    weakened.Add(Read<ushort>(requirement + 6));
                    At<ushort>(requirement + 4) |= WeakFlag;
                }
            }
        }

        return weakened;
    }

    private void RequireUnbound(long tableTag, long sizeTag, HashSet<ushort> weakened, string version)
    {
        if (!dynamic.TryGetValue(sizeTag, out var size) || size == 0)
        {
            return;
        }

        var table = Table(tableTag);
        var symbolVersions = Table(SymbolVersions);
        for (ulong entry = 0; entry < size; entry += RelocationLength)
        {
            var symbol = Read<ulong>(table + entry + 8) >> 32;
            if (symbol != 0 && weakened.Contains((ushort)(Read<ushort>(symbolVersions + (2 * symbol)) & VersionIndexMask)))
            {
                throw new InvalidDataException($"The library is bound to a symbol of {version}: it cannot run without it.");
            }
        }
    }

    /// <summary>
    /// The offsets of entries that are linked by their distance to the next; the last one has 0, whatever the count says.
    /// </summary>
    private IEnumerable<ulong> Chain(ulong first, ulong linkAt, ulong count)
    {
        var distance = 1u;
        for (var offset = first; count > 0 && distance > 0; count--, offset += distance)
        {
            yield return offset;
            distance = Read<uint>(offset + linkAt);
        }
    }

    /// <summary>The file offset of a table whose memory address is in the dynamic segment.</summary>
    private ulong Table(long tag)
    {
        var address = dynamic.TryGetValue(tag, out var value)
            ? value
            : throw new InvalidDataException($"The library's dynamic segment lacks entry 0x{tag:x}.");
        foreach (var segment in segments)
        {
            if (address >= segment.Address && address - segment.Address < segment.Length)
            {
                return address - segment.Address + segment.Offset;
            }
        }

        throw new InvalidDataException($"The library's dynamic entry 0x{tag:x} points outside its segments.");
    }

    private bool NameIs(ulong offset, string name)
    {
        Span<byte> terminated = stackalloc byte[Encoding.UTF8.GetByteCount(name) + 1];
        terminated[Encoding.UTF8.GetBytes(name, terminated)] = 0;
        return offset <= (ulong)bytes.Length && bytes.AsSpan((int)offset).StartsWith(terminated);
    }

    private T Read<T>(ulong offset) where T : unmanaged => At<T>(offset);

    private ref T At<T>(ulong offset) where T : unmanaged
    {
        var size = Marshal.SizeOf<T>();
        if (offset > (ulong)bytes.Length || bytes.Length - (int)offset < size)
        {
            throw new InvalidDataException($"The library is cut short: it points to offset {offset} of {bytes.Length} bytes.");
        }

        return ref MemoryMarshal.AsRef<T>(bytes.AsSpan((int)offset, size));
    }
}
