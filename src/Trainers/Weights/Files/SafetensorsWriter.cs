using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLVision.MLNetExtensions.Model;

namespace MLVision.Trainers.Weights.Files;

/// <summary>Writes weights in the safetensors format: an 8-byte length, a JSON header, then the tensors one after another.</summary>
internal static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    /// <summary>Writes named float tensors, a map of strings that describes them, and a digest of all.</summary>
    /// <param name="stream">Where to; it can be sought in, because the digest stands before what it is of.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="about">The map.</param>
    public static void Write(Stream stream, IReadOnlyList<TensorProto> tensors, IReadOnlyDictionary<string, string> about)
    {
        var start = stream.Position;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = Header(tensors, new Dictionary<string, string>(about) { [SafetensorsDigest.Name] = SafetensorsDigest.Blank });
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        Put(length);
        Put(header);
        foreach (var tensor in tensors)
        {
            Put(tensor.RawData.Span);
        }

        var end = stream.Position;
        stream.Position = start + sizeof(ulong) + SafetensorsDigest.PlaceIn(header);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
        stream.Position = end;

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    private static byte[] Header(IReadOnlyList<TensorProto> tensors, IReadOnlyDictionary<string, string> about)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("__metadata__");
            JsonSerializer.Serialize(json, about);
            long offset = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                json.WritePropertyName("shape");
                JsonSerializer.Serialize(json, tensor.Dims);
                json.WritePropertyName("data_offsets");
                JsonSerializer.Serialize(json, new[] { offset, offset + tensor.RawData.Length });
                json.WriteEndObject();
                offset += tensor.RawData.Length;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % HeaderAlignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }
}
