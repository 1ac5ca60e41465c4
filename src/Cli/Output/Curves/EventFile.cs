using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace MLVision.Cli.Output.Curves;

/// <summary>A file of TensorBoard's events, which grows by records.</summary>
/// <remarks>
/// A record is the length of the event in 8 bytes, a checksum of these, the event, and a checksum of that. Source: TensorFlow's
/// <c>record_writer.h</c>; its checksum is CRC-32C, turned by 15 bits and moved by a constant. TorchSharp's <c>SummaryWriter</c> writes
/// such files, too, but no times of day: it rounds them to two minutes, and its first record counts in another unit.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Begins the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public EventFile(string path)
    {
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Write(new Event { FileVersion = "brain.Event:2" });
        // A TensorBoard that runs forgets what it has read of these steps.
        Write(new Event { Step = 1, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
    }

    /// <summary>Adds an event that happens now; who reads the file sees it at once.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(Event what)
    {
        what.WallTime = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        var content = what.ToByteArray();
        var record = new byte[sizeof(long) + sizeof(uint) + content.Length + sizeof(uint)];
        var rest = record.AsSpan();
        BinaryPrimitives.WriteInt64LittleEndian(rest, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[sizeof(long)..], Checksum(rest[..sizeof(long)]));
        content.CopyTo(rest[(sizeof(long) + sizeof(uint))..]);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[^sizeof(uint)..], Checksum(content));
        _file.Write(record);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        const uint Moved = 0xA282EAD8;
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return unchecked(BitOperations.RotateRight(~sum, 15) + Moved);
    }
}
