using System.Text;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

public sealed class PyTorchCheckpointReaderTests
{
    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-protocol3.pth")]
    [InlineData("types-protocol4.pth")]
    [InlineData("types-protocol5.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("types-legacy-protocol4.pth")]
    [InlineData("little-endian.pth")]
    [InlineData("zip64.pth")]
    public void Read_StateDictionary_GivesItsTensorsInOrder(string file)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find(file));

        // The types in Fixtures/checkpoints.py, without the mask of booleans.
        Assert.Equal(
            ["float32", "float64", "float16", "bfloat16", "int64", "uint8", "scalar", "empty", "parameter"], checkpoint.Tensors.Keys);
        Assert.Equal(
            [
                ElementType.Float32, ElementType.Float64, ElementType.Float16, ElementType.BFloat16, ElementType.Int64, ElementType.UInt8,
                ElementType.Float32, ElementType.Float32, ElementType.Float32,
            ],
            checkpoint.Tensors.Values.Select(tensor => tensor.ElementType));
        Assert.Equal([-1, -0.75f, -0.5f, -0.25f, 0, 0.25f], checkpoint.Tensors["float32"].Values());
        Assert.Equal([-1, -0.75f], checkpoint.Tensors["parameter"].Values());
        Assert.Empty(checkpoint.Tensors["int64"].Shape);
    }

    [Fact]
    public void Read_FileOfPython2_GivesItsTensorsAndViewsOfStorages()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("old-python.pth"));

        // PyTorch 1.13 reads the same.
        Assert.Equal([-1, -0.75f, -0.5f, -0.25f, 0, 0.25f], checkpoint.Tensors["whole"].Values());
        Assert.Equal([-0.25f, 0], checkpoint.Tensors["part"].Values());
    }

    [Theory]
    [InlineData("compressed.pth", "'types/data.pkl' is compressed")]
    [InlineData("big-endian.pth", "big-endian")]
    public void Read_ArchiveThatPyTorchDoesNotWrite_IsRefused(string file, string expected)
    {
        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(CheckpointFiles.Find(file)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_StorageShorterThanItsPickleSays_Throws()
    {
        // The pickle's entry of one storage: K, count, t, q. One less makes the entry's length wrong.
        var content = File.ReadAllBytes(CheckpointFiles.Find("types.pth"));
        var at = content.AsSpan().IndexOf("cpuq\x07K\x06tq"u8);
        content[at + 6]--;

        var message = CheckpointFiles.Refusal(content);

        Assert.Contains("storage '0' has 24 bytes, not 5 elements of 4", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ZipEntryTwice_Throws()
    {
        var content = Encoding.Latin1.GetString(File.ReadAllBytes(CheckpointFiles.Find("types.pth")));
        var twice = Encoding.Latin1.GetBytes(content.Replace("data/1", "data/0", StringComparison.Ordinal));

        var message = CheckpointFiles.Refusal(twice);

        Assert.Contains("two entries 'types/data/0'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LegacyStorageThatClaimsMoreThanTheFile_Throws()
    {
        var content = CheckpointFiles.Legacy(CheckpointFiles.Dictionary(CheckpointFiles.Tensor(1, ")", ")")), 1);
        BitConverter.GetBytes(1L << 40).CopyTo(content, content.Length - 12);

        var message = CheckpointFiles.Refusal(content);

        Assert.Contains("claims 1099511627776 elements", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(U\u0001vK\u0001K\u0004t")]
    [InlineData("(U\u0001vJ\u00ff\u00ff\u00ff\u00ffK\u0001t")]
    [InlineData("(U\u0001vK\u0000J\u00ff\u00ff\u00ff\u00fft")]
    public void Read_LegacyViewOutsideItsStorage_Throws(string view)
    {
        var tensor = CheckpointFiles.Tensor(4, ")", ")", view: view);

        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy(CheckpointFiles.Dictionary(tensor), 1, 2, 3, 4));

        Assert.Contains("a view reaches outside storage 'k'", message, StringComparison.Ordinal);
    }

    /// <summary>Its length is not known, so that the storages behind it cannot be found.</summary>
    [Fact]
    public void Read_LegacyStorageOfUnknownType_IsRefused()
    {
        var tensor = CheckpointFiles.Tensor(1, ")", ")").Replace("ctorch\nFloatStorage", "ca\nStorage", StringComparison.Ordinal);
        var other = CheckpointFiles.Tensor(1, ")", ")").Replace("U\u0001kU", "U\u0001lU", StringComparison.Ordinal);
        var pickle = CheckpointFiles.Dictionary(tensor) + "U\u0001v" + other + "s";

        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy(pickle, 1));

        Assert.Contains("its storage 'k' is a 'a.Storage', which is not known", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoTensors_SaysWhatToSave()
    {
        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy("}U\u0005epochK\u0003s"));

        Assert.Contains("no dictionary of tensors; save model.state_dict()", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PickleOfSomethingElse_IsRefused()
    {
        var message = CheckpointFiles.Refusal([0x80, 2, (byte)'K', 1, (byte)'.']);

        Assert.Contains("not one of torch.save", message, StringComparison.Ordinal);
    }
}
