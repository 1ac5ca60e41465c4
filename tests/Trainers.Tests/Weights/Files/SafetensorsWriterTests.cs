using System.Buffers.Binary;
using System.Text.Json;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files;

namespace Trainers.Tests.Weights.Files;

public class SafetensorsWriterTests
{
    [Fact]
    public void Write_TwoTensors_FollowsTheFormat()
    {
        TensorProto[] tensors = [Tensor("a.weight", [2, 1], [1, 2, 3, 4, 5, 6, 7, 8]), Tensor("a.bias", [1], [9, 10, 11, 12])];
        using var stream = new MemoryStream();

        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["architecture"] = "x" });

        // The format: 8 bytes of header length, a JSON header padded with spaces, then the data; offsets count from its start.
        var bytes = stream.ToArray();
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var bias = header.RootElement.GetProperty("a.bias");
        Assert.Equal(0, headerLength % 8);
        Assert.Equal("x", header.RootElement.GetProperty("__metadata__").GetProperty("architecture").GetString());
        Assert.Equal("F32", bias.GetProperty("dtype").GetString());
        Assert.Equal([8, 12], bias.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32()));
        Assert.Equal([2, 1], header.RootElement.GetProperty("a.weight").GetProperty("shape").EnumerateArray().Select(o => o.GetInt32()));
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (byte)i), bytes[(8 + headerLength)..]);
    }

    private static TensorProto Tensor(string name, long[] shape, byte[] data) =>
        new() { Name = name, Dims = { shape }, RawData = ByteString.CopyFrom(data) };
}
