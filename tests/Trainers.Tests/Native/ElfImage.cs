using System.Buffers.Binary;

namespace Trainers.Tests.Native;

/// <summary>A shared library of 512 bytes: one segment, one symbol of version V_2, and requirements of V_1 and V_2.</summary>
internal static class ElfImage
{
    public const int FlagsOfV1 = 0x140 + 16 + 4, FlagsOfV2 = FlagsOfV1 + 16;

    private const int Dynamic = 0x0B0, Needs = 0x140, Strings = 0x180, Versions = 0x190, Relocations = 0x1A0;

    /// <param name="isBound">Whether a relocation refers to the symbol.</param>
    public static byte[] Create(bool isBound)
    {
        var image = new byte[512];
        byte[] magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        magic.CopyTo(image, 0);
        Write16(16, 3);                                             // shared library
        Write64(32, 64);                                            // program headers follow the file header
        Write16(56, 2);                                             // two of them
        Segment(64, kind: 1, offset: 0, address: 0x1000, length: 512);
        Segment(120, kind: 2, offset: Dynamic, address: 0x1000 + Dynamic, length: 144);

        Entry(0, tag: 5, 0x1000 + Strings);
        Entry(1, tag: 0x6ffffffe, 0x1000 + Needs);
        Entry(2, tag: 0x6fffffff, 1);
        Entry(3, tag: 0x6ffffff0, 0x1000 + Versions);
        Entry(4, tag: 7, 0x1000 + Relocations);
        Entry(5, tag: 8, 24);

        Write16(Needs, 1);
        Write16(Needs + 2, 2);                                      // two versions of one library
        Write32(Needs + 8, 16);
        Version(position: 0, index: 2, name: 1, next: 16);
        Version(position: 1, index: 3, name: 5, next: 0);
        "\0V_1\0V_2\0"u8.CopyTo(image.AsSpan(Strings));

        Write16(Versions + 2, 3);                                   // symbol 1 is of V_2
        Write64(Relocations + 8, isBound ? 1L << 32 | 6 : 8);       // R_X86_64_GLOB_DAT of symbol 1, or R_X86_64_RELATIVE
        return image;

        void Write16(int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(image.AsSpan(at), value);
        void Write32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(at), value);
        void Write64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);

        void Segment(int at, int kind, long offset, long address, long length)
        {
            Write32(at, kind);
            Write64(at + 8, offset);
            Write64(at + 16, address);
            Write64(at + 32, length);
        }

        void Entry(int index, long tag, long value)
        {
            Write64(Dynamic + (16 * index), tag);
            Write64(Dynamic + (16 * index) + 8, value);
        }

        void Version(int position, short index, int name, int next)
        {
            var at = Needs + 16 + (16 * position);
            Write16(at + 6, index);
            Write32(at + 8, name);
            Write32(at + 12, next);
        }
    }
}
