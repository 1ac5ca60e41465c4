using System.Buffers.Binary;
using System.Text.Json;
using MLVision.MLNetExtensions.Model;

namespace MLVision.Trainers.Weights.Files;

/// <summary>Writes weights in the safetensors format: an 8-byte length, a JSON header, then the tensors one after another.</summary>
internal static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    /// <summary>Writes named float tensors, and a map of strings that describes them.</summary>
    public static void Write(Stream stream, IReadOnlyList<TensorProto> tensors, IReadOnlyDictionary<string, string> about)
    {
        var header = Header(tensors, about);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors)
        {
            stream.Write(tensor.RawData.Span);
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
