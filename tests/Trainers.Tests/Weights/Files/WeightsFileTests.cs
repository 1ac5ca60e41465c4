using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

public sealed class WeightsFileTests
{
    [Fact]
    public void Open_TrainingCheckpoint_GivesTheTensorsUnderTheirPaths()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("training.pth"));

        // torch.nn's own order of parameters and buffers; the optimizer's state goes by numbers, and so has no names.
        Assert.Equal(
            ["fc.weight", "fc.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked"],
            checkpoint.Tensors.Keys.Select(path => path["state_dict.module.".Length..]));
        Assert.Equal([-1, -0.75f], checkpoint.Tensors["state_dict.module.fc.weight"].Values());
    }

    [Fact]
    public void Open_LegacyTrainingCheckpoint_HoldsTheSame()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("training.pth"));
        using var legacy = WeightsFile.Open(CheckpointFiles.Find("training-legacy.pth"));

        Assert.Equal(checkpoint.Tensors.Keys, legacy.Tensors.Keys);
        Assert.Equal([-1, -0.75f], legacy.Tensors["state_dict.module.fc.weight"].Values());
    }

    [Fact]
    public void Open_MissingFile_SaysSo()
    {
        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open("/no/such/file.pth"));

        Assert.Equal("There is no weights file '/no/such/file.pth'.", error.Message);
    }

    [Fact]
    public void Open_Directory_SaysSo()
    {
        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(Path.GetTempPath()));

        Assert.Contains("it is a directory", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Open_ImpossiblePath_Throws(string path) => Assert.Throws<WeightsFileException>(() => WeightsFile.Open(path));

    [Fact]
    public void Open_EmptyFile_SaysSo() => Assert.Contains("is empty", CheckpointFiles.Refusal([]), StringComparison.Ordinal);

    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("old-python.pth")]
    [InlineData("zip64.pth")]
    [InlineData("types.safetensors")]
    public void Open_FileCutShortAnywhere_Throws(string file)
    {
        var content = File.ReadAllBytes(CheckpointFiles.Find(file));

        var messages = CheckpointFiles.With(content, path => Enumerable.Range(0, content.Length).Reverse().Select(length =>
        {
            CheckpointFiles.Rewrite(path, content.AsSpan(0, length));
            return Assert.Throws<WeightsFileException>(() => WeightsFile.Open(path)).Message;
        }).ToList());

        Assert.DoesNotContain(messages, message => message.Contains("cannot be opened", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_TensorThatClaimsATerabyte_AllocatesNoRoomForIt()
    {
        var content = CheckpointFiles.Safetensors(
            """{ "w": { "dtype": "F32", "shape": [274877906944], "data_offsets": [0, 1099511627776] } }""");
        CheckpointFiles.Refusal(content); // What the runtime itself allocates at the first run is not meant.
        var before = GC.GetAllocatedBytesForCurrentThread();

        CheckpointFiles.Refusal(content);

        // The file has some hundred bytes; exceptions, their traces and the paths take the rest.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }

    [Fact]
    public void Open_PickledTensorThatClaimsATerabyte_AllocatesNoRoomForIt()
    {
        const string TwoToThe38 = "\u008a\u0005\0\0\0\0\u0040";
        var tensor = CheckpointFiles.Tensor(1, TwoToThe38 + "\u0085", "K\u0001\u0085");
        var content = CheckpointFiles.Legacy(CheckpointFiles.Dictionary(tensor), 1);
        CheckpointFiles.Refusal(content);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var message = CheckpointFiles.Refusal(content);

        Assert.Contains("[274877906944] reaches outside", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
    }
}
