using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files.Tensors;

public sealed class StoredTensorTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void CopyTo_FloatingPointType_GivesItsValues(string name)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.pth"));

        var values = checkpoint.Tensors[name].Values();

        // Quarters from -1, which each of the types holds exactly.
        Assert.Equal([-1, -0.75f, -0.5f, -0.25f, 0, 0.25f], values);
    }

    [Theory]
    [InlineData("views.pth")]
    [InlineData("views-legacy.pth")]
    public void CopyTo_Views_FollowsTheirStrides(string file)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find(file));

        float[] Of(string name) => checkpoint.Tensors[name].Values();

        // Element n of the base [2, 3, 4] is n / 4 - 1; the views' elements are counted by hand.
        Assert.Equal(Quarters(Enumerable.Range(0, 24)), Of("base"));
        Assert.Equal(Quarters([0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23]), Of("transposed"));
        Assert.Equal(Quarters([17, 18, 21, 22]), Of("narrow"));
        Assert.Equal(Quarters([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]), Of("every_second"));
        Assert.Equal(Quarters([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), Of("expanded"));
        Assert.Equal(Quarters([0, 3, 1, 4, 2, 5]), Of("half_transposed"));
    }

    [Fact]
    public void CopyTo_SharedStorage_LeavesEachViewItsPlace()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("views.pth"));

        var narrow = checkpoint.Tensors["narrow"];

        // base[1, 1:, 1:3]: 1 × 12 + 1 × 4 + 1 elements from the base's first.
        Assert.Equal(17, narrow.Offset);
        Assert.Equal([2, 2], narrow.Shape);
        Assert.Equal([4, 1], narrow.Strides);
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void CopyTo_EveryBitPattern_GivesPythonsValue(string type)
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var dtype = type == "float16" ? "F16" : "BF16";
        byte[] content =
        [
            .. CheckpointFiles.Safetensors($$"""{ "w": { "dtype": "{{dtype}}", "shape": [65536], "data_offsets": [0, 131072] } }"""),
            .. bits.SelectMany(BitConverter.GetBytes),
        ];

        var values = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return checkpoint.Tensors["w"].Values();
        });

        // IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits; bfloat16: 1, 8 and 7.
        var (exponentBits, fractionBits) = type == "float16" ? (5, 10) : (8, 7);
        Assert.Equal(bits.Select(b => Decode(b, exponentBits, fractionBits)), values);
    }

    [Theory]
    [InlineData("int64")]
    [InlineData("uint8")]
    public void CopyTo_Integers_Throws(string name)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.pth"));

        var error = Assert.Throws<WeightsFileException>(() => checkpoint.Tensors[name].Values());

        Assert.Contains("where floating-point numbers are needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_DestinationOfAnotherLength_Throws()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.pth"));

        Assert.Throws<ArgumentException>(() => checkpoint.Tensors["float32"].CopyTo(new float[5]));
    }

    [Fact]
    public void CopyTo_DisposedCheckpoint_Throws()
    {
        var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.pth"));
        var tensor = checkpoint.Tensors["float32"];
        checkpoint.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tensor.CopyTo(new float[6]));
    }

    [Fact]
    public void CopyTo_ScalarAndEmptyTensor_CopiesOneAndNone()
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find("types.pth"));

        Assert.Equal([0.5f], checkpoint.Tensors["scalar"].Values());
        Assert.Empty(checkpoint.Tensors["empty"].Values());
        Assert.Equal([0, 3], checkpoint.Tensors["empty"].Shape);
    }

    // Opcodes: K is a byte, J an int, \x8a\x08 a long of eight bytes; \x85 and \x86 make tuples of one and two.
    [Theory]
    [InlineData("K\u0002\u0085", "K\u0001\u0085", "K\u0003")]                                   // one element too far
    [InlineData("K\u0002\u0085", "K\u0004\u0085", "K\u0000")]                                   // a stride too long
    [InlineData("J\u00ff\u00ff\u00ff\u00ff\u0085", "K\u0001\u0085", "K\u0000")]                 // size -1
    [InlineData("K\u0002\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\u0001")]                 // stride -1
    [InlineData("K\u0002\u0085", "K\u0001\u0085", "J\u00ff\u00ff\u00ff\u00ff")]                 // offset -1
    [InlineData("K\u0002K\u0002\u0086", "K\u0001\u0085", "K\u0000")]                            // two sizes, one stride
    [InlineData("K\u0002\u0085", "\u008a\u0008\0\0\0\0\0\0\0\u0040\u0085", "K\u0000")]          // stride 2^62
    [InlineData("\u008a\u0005\0\0\0\0\u0001\u008a\u0005\0\0\0\0\u0001\u0086", "K\u0000K\u0000\u0086", "K\u0000")] // 2^64 elements, expanded
    [InlineData("\u008a\u0005\0\0\0\0\u0001\u0085", "K\u0000\u0085", "K\u0000")]                // 2^32 elements, expanded
    public void View_OutsideItsStorage_IsRefusedWhenOpened(string shape, string strides, string offset)
    {
        var content = CheckpointFiles.Legacy(CheckpointFiles.Dictionary(CheckpointFiles.Tensor(4, shape, strides, offset)), 1, 2, 3, 4);

        var message = CheckpointFiles.Refusal(content);

        Assert.Contains("tensor 'w'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void View_UpToTheLastElement_IsRead()
    {
        var content = CheckpointFiles.Legacy(
            CheckpointFiles.Dictionary(CheckpointFiles.Tensor(4, "K\u0002\u0085", "K\u0002\u0085", "K\u0001")), 1, 2, 3, 4);

        var values = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return checkpoint.Tensors["w"].Values();
        });

        Assert.Equal([2, 4], values);
    }

    private static float[] Quarters(IEnumerable<int> elements) => [.. elements.Select(n => (n / 4f) - 1)];

    private static float Decode(ushort bits, int exponentBits, int fractionBits)
    {
        var (sign, exponent, fraction) = (bits >> 15, bits >> fractionBits & ((1 << exponentBits) - 1), bits & ((1 << fractionBits) - 1));
        var bias = (1 << (exponentBits - 1)) - 1;
        var scale = Math.ScaleB(1, -fractionBits);
        var magnitude = exponent == 0 ? Math.ScaleB(fraction * scale, 1 - bias)
            : exponent < (1 << exponentBits) - 1 ? Math.ScaleB(1 + (fraction * scale), exponent - bias)
            : fraction == 0 ? double.PositiveInfinity : double.NaN;
        return (float)(sign == 0 ? magnitude : -magnitude);
    }
}
