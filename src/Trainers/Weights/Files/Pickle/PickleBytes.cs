using System.Buffers.Binary;
using System.Text;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>Reads a pickle's bytes in order, never past their end.</summary>
internal ref struct PickleBytes(MappedFile file, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Number of bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Length => _bytes.Length;

    public byte Byte() => Take(1)[0];

    public PickleOpcode Opcode() => (PickleOpcode)Byte();

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>The only number format that stores its highest byte first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public string Utf8(ulong length) => Encoding.UTF8.GetString(Take(length));

    /// <summary>A string of Python 2, which has no encoding.</summary>
    public string Latin1(ulong length) => Encoding.Latin1.GetString(Take(length));

    /// <summary>Text up to a line feed, which is read, too.</summary>
    public string Line()
    {
        var length = _bytes[Position..].IndexOf((byte)'\n');
        var line = Utf8(length < 0 ? (ulong)_bytes.Length : (ulong)length);
        Position++;
        return line;
    }

    public ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - Position))
        {
            throw file.Damaged("its pickle ends too early, or a length in it is wrong");
        }

        var taken = _bytes.Slice(Position, (int)length);
        Position += taken.Length;
        return taken;
    }
}
