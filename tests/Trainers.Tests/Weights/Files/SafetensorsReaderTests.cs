using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

public sealed class SafetensorsReaderTests
{
    [Fact]
    public void Read_File_GivesItsTensorsAndMetadata()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.safetensors"));

        float[] quarters = [-1, -0.75f, -0.5f, -0.25f, 0, 0.25f];
        Assert.All(["float32", "float64", "float16", "bfloat16"], name => Assert.Equal(quarters, checkpoint.Tensors[name].Values()));
        Assert.Equal([2, 3], checkpoint.Tensors["float32"].Shape);
        Assert.Equal(ElementType.Int64, checkpoint.Tensors["int64"].ElementType);
        Assert.DoesNotContain("mask", checkpoint.Tensors.Keys);
        Assert.Equal("tiny", checkpoint.About["architecture"]);
    }

    [Fact]
    public void Read_HeaderWhoseLengthBeginsAsAPickle_IsRead()
    {
        // 128 bytes: the file's first byte is 0x80, as that of a pickle.
        const string Header = """{ "w": { "dtype": "F32", "shape": [1], "data_offsets": [0, 4] } }""";
        var content = CheckpointFiles.Safetensors(Header.PadRight(128), dataLength: 4);

        var names = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return checkpoint.Tensors.Keys.ToList();
        });

        Assert.Equal(["w"], names);
    }

    [Theory]
    [InlineData("""{ "dtype": "F32", "shape": [2], "data_offsets": [0, 4] }""", "reaches outside its 4 bytes")]
    [InlineData("""{ "dtype": "F32", "shape": [1], "data_offsets": [0, 8] }""", "8 bytes for 1 elements")]
    [InlineData("""{ "dtype": "F32", "shape": [3], "data_offsets": [0, 12] }""", "outside its 8 bytes")]
    [InlineData("""{ "dtype": "F32", "shape": [1], "data_offsets": [4, 0] }""", "outside its 8 bytes")]
    [InlineData("""{ "dtype": "F32", "shape": [1], "data_offsets": [-4, 0] }""", "outside its 8 bytes")]
    [InlineData("""{ "dtype": "F32", "shape": [1], "data_offsets": [0] }""", "outside its 8 bytes")]
    [InlineData("""{ "dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8] }""", "more than 2 numbers")]
    [InlineData("""{ "dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4] }""", "that no tensor can have")]
    [InlineData("""{ "dtype": "F32", "shape": [4294967296, 4294967296, 1], "data_offsets": [0, 0] }""", "reaches outside")]
    [InlineData("""{ "dtype": "F32", "shape": [4611686018427387904, 4611686018427387904], "data_offsets": [0, 4] }""", "reaches outside")]
    [InlineData("""{ "dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1] }""", "is of type 'F8_E4M3'")]
    [InlineData("""{ "dtype": "F32", "shape": [1.5], "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""{ "dtype": "F32", "shape": [1e30], "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""{ "dtype": "F32", "shape": 1, "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""{ "dtype": 32, "shape": [1], "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""{ "shape": [1], "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""{ "dtype": "\ud800", "shape": [1], "data_offsets": [0, 4] }""", "does not follow the format")]
    [InlineData("""[[[[[[[[[[[[]]]]]]]]]]]]""", "does not follow the format")]
    [InlineData("null", "does not follow the format")]
    public void Read_ImpossibleTensor_Throws(string entry, string expected)
    {
        var message = CheckpointFiles.Refusal(CheckpointFiles.Safetensors($$"""{ "w": {{entry}} }""", dataLength: 8));

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SameNameTwice_Throws()
    {
        const string Tensor = """{ "dtype": "F32", "shape": [1], "data_offsets": [0, 4] }""";

        var header = $$"""{ "w": {{Tensor}}, "\u0077": {{Tensor}} }""";

        var message = CheckpointFiles.Refusal(CheckpointFiles.Safetensors(header, dataLength: 4));

        Assert.Contains("does not follow the format", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Read_HeaderLongerThanTheFileOrTheLimit_Throws(long length)
    {
        var message = CheckpointFiles.Refusal([.. BitConverter.GetBytes(length), .. "{}"u8]);

        Assert.Contains($"claims {(ulong)length} bytes", message, StringComparison.Ordinal);
    }
}
