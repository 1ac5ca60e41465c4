using System.Diagnostics;
using System.Text;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files.Pickle;

public sealed class UnpicklerTests
{
    [Theory]
    [InlineData("evil-system.pth", "posix.system")]
    [InlineData("evil-system-protocol4.pth", "posix.system")]
    [InlineData("evil-eval.pth", "__builtin__.eval")]
    public void Load_NothingButACall_IsRefusedByName(string file, string name)
    {
        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(CheckpointFiles.Find(file)));

        Assert.Contains(
            $"the checkpoint asks for '{name}', which is not allowed: only tensors are read, nothing is run;",
            error.Message,
            StringComparison.Ordinal);
    }

    /// <summary>What only Python could make is left out; the tensor beside it, of a single 1, is read.</summary>
    [Theory]
    [InlineData("evil-nested.pth", "state_dict.bias", "posix.system")]
    [InlineData("evil-namespace.pth", "args", "argparse.Namespace")]
    [InlineData("evil-numpy.pth", "best", "numpy.core.multiarray.scalar")]
    [InlineData("company.pth", "args", "argparse.Namespace")]
    [InlineData("company.pth", "device", "torch.device")]
    [InlineData("company.pth", "seen", "collections.Counter")]
    [InlineData("company.pth", "types.0", "torch.uint8")]
    [InlineData("company.pth", "mean", "numpy.core.multiarray._reconstruct")]
    [InlineData("company.pth", "quantized", "torch._utils._rebuild_qtensor")]
    [InlineData("company-legacy.pth", "quantized", "torch._utils._rebuild_qtensor")]
    [InlineData("company-protocol5.pth", "args", "argparse.Namespace")]
    public void Load_CallBesideTensors_IsLeftOutAndNothingElse(string file, string path, string global)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find(file));

        Assert.Contains(new InertEntry(path, global), checkpoint.Inert);
        Assert.Equal([1], checkpoint.Tensors["state_dict.weight"].Values());
    }

    [Theory]
    [InlineData("(ctorch.nn\nReLU\no", "torch.nn.ReLU")]
    [InlineData("(icollections\ndeque\n", "collections.deque")]
    [InlineData("\u0082\u0001", "copyreg extension 1")]
    [InlineData("ca\nB\n)\u0081N\u0062", "a.B")]
    [InlineData("ca\nB\n)}\u0092", "a.B")]
    [InlineData("ca\nB\n)\u0081]K\u0001a\u0062", "a.B")]
    [InlineData("ca\nB\n)\u0081(K\u0001K\u0002e", "a.B")]
    [InlineData("ctorch.nn.parameter\nParameter\n)R", "torch.Tensor")]
    [InlineData("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor\nca\nB\n)}tR", "a.B")]
    [InlineData("ctorch\nSize\n(ca\nB\ntR", "a.B")]
    [InlineData("(U\u0007storageca\nStorage\nU\u0001zU\u0003cpuK\u0001tQ", "a.Storage")]
    public void Load_ObjectOfAnUnknownClass_IsInert(string pickle, string global)
    {
        var content = CheckpointFiles.Legacy("}(U\u0001x" + pickle + "U\u0001w" + CheckpointFiles.Tensor(1, ")", ")") + "u", 2.5f);

        CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            Assert.Equal([new InertEntry("x", global)], checkpoint.Inert);
            Assert.Equal([2.5f], checkpoint.Tensors["w"].Values());
            return true;
        });
    }

    [Fact]
    public void Load_Sets_ArePlainValues()
    {
        const string Sets = "U\u0001ac__builtin__\nset\n]\u0085RU\u0001b\u008f(K\u0001\u0090U\u0001c(K\u0001\u0091";
        var content = CheckpointFiles.Legacy("}(" + Sets + "U\u0001w" + CheckpointFiles.Tensor(1, ")", ")") + "u", 1);

        var inert = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return checkpoint.Inert;
        });

        Assert.Empty(inert);
    }

    [Theory]
    [InlineData("cos\nsystem\n(U\u0002lstR", "os.system")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002ls\u0085R", "os.system")]
    [InlineData("cbuiltins\neval\n(U\u00011tR", "builtins.eval")]
    [InlineData("ctorch\nload\n(U\u0001ftR", "torch.load")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "torch._utils._rebuild_tensor_v2.__globals__")]
    public void Load_CraftedName_IsRefusedByName(string pickle, string name)
    {
        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy(CheckpointFiles.Dictionary(pickle)));

        Assert.Contains($"asks for '{name}', which is not allowed", message, StringComparison.Ordinal);
    }

    /// <summary>Its parameters lie in it under the names of its state dictionary; its class is not needed to read them.</summary>
    [Theory]
    [InlineData("evil-module.pth", "weight,bias")]
    [InlineData("evil-own-module.pth", "fc.weight,fc.bias")]
    [InlineData("evil-own-module-legacy.pth", "fc.weight,fc.bias")]
    [InlineData(
        "module-in-dictionary.pth",
            "ema.0.weight,ema.0.bias,ema.1.weight,ema.1.bias,ema.1.running_mean,ema.1.running_var,ema.1.num_batches_tracked")]
    public void Load_WholeModule_GivesItsParametersAndBuffers(string file, string names)
    {
        using var checkpoint = WeightsFile.Open(CheckpointFiles.Find(file));

        Assert.Equal(names.Split(','), checkpoint.Tensors.Keys);
        Assert.Empty(checkpoint.Inert);
    }

    [Fact]
    public void Load_NameOfManyLines_StaysOneSentence()
    {
        var name = "X\u00e8\u0003\0\0" + new string('n', 1000);

        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy($"\u008c\u0006a\r\nb\u0001c{name}\u0093"));

        Assert.Contains("'a??b?c.nnn", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 600);
    }

    [Theory]
    [InlineData("R", "takes more from the stack")]
    [InlineData("(0", "takes more from the stack")]
    [InlineData("t", "lacks a mark")]
    [InlineData("K\u0001K\u0002R", "is malformed")]
    [InlineData("ctorch\nFloatStorage\n)R", "is malformed")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n)R", "is malformed")]
    [InlineData("ccollections\nOrderedDict\n(]K\u0001atR", "is malformed")]
    [InlineData("K\u0001Nb", "is malformed")]
    [InlineData("K\u0001Q", "is malformed")]
    [InlineData("h\u0005", "is malformed")]
    [InlineData("j\u00ff\u00ff\u00ff\u00ff", "is malformed")]
    [InlineData("K\u0001r\u00ff\u00ff\u00ff\u007f", "numbers its memo with gaps")]
    [InlineData("}(K\u0001u", "a key without a value")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fab", "a length in it is wrong")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffab", "a length in it is wrong")]
    [InlineData("B\u00ff\u00ff\u00ff\u00ff", "a length in it is wrong")]
    [InlineData("\u0080\u0006", "protocol other than 2 to 5")]
    [InlineData("ctorch\nSize\n)\u0081", "is malformed")]
    [InlineData("(o", "is malformed")]
    [InlineData("\u008f(K\u0001e", "is malformed")]
    [InlineData("K\u00012", "opcode 0x32")]
    [InlineData("\u0097", "opcode 0x97")]
    public void Load_PickleThatDoesNotFit_Throws(string pickle, string expected)
    {
        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy(pickle));

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HarmlessExtras_AreIgnored()
    {
        const string Size = "U\u0001sctorch\nSize\nK\u0001\u0085\u0085R", Type = "U\u0001tctorch\nfloat32\n";
        const string Bytes = "U\u0001b\u008e\u0002\0\0\0\0\0\0\0ab", Number = "U\u0001nG\0\0\0\0\0\0\0\0";
        const string LongNumber = "U\u0001l\u008a\u0009\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f";
        var pickle = "}(" + Size + Type + Bytes + Number + LongNumber + "U\u0001w" + CheckpointFiles.Tensor(1, ")", ")") + "u";
        var content = CheckpointFiles.Legacy(pickle, 2.5f);

        var values = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return Assert.Single(checkpoint.Tensors).Value.Values();
        });

        Assert.Equal([2.5f], values);
    }

    /// <summary>Each is up to some megabytes that take a reader which recurses or copies what it repeats hours, or the stack.</summary>
    [Theory]
    [InlineData("nested lists", "no dictionary of tensors")]
    [InlineData("lists of lists twice", "no dictionary of tensors")]
    [InlineData("dictionary in itself", "no dictionary of tensors")]
    [InlineData("marks", "no dictionary of tensors")]
    [InlineData("long key over and over", "names are longer than the file")]
    [InlineData("long storage over and over", "tensor 'last' of shape [] reaches outside")]
    [InlineData("dictionaries over and over", "repeats itself too often")]
    [InlineData("objects in objects", "asks for 'a.B', which is not allowed")]
    [InlineData("objects of one another", "asks for 'a.B', which is not allowed")]
    [InlineData("pairs over and over", "repeats itself too often")]
    [InlineData("tensor of many sizes over and over", "repeats itself too often")]
    public void Load_Bomb_IsRefusedSoon(string kind, string expected)
    {
        const int Many = 300_000;
        var longKey = "X\u00e0\u0093\u0004\0" + Repeat("k", Many);
        var tensor = CheckpointFiles.Tensor(1, ")", ")");
        var pickle = kind switch
        {
            "nested lists" => Repeat("]", Many) + Repeat("a", Many - 1),
            "lists of lists twice" => "]q\0" + Repeat("](h\0h\0eq\0", Many),
            "dictionary in itself" => "}q\0" + Repeat("U\u0005modelh\0s", Many),
            "marks" => Repeat("(", Many) + Repeat("t", Many),
            "long key over and over" =>
                "}(" + longKey + "q\0" + tensor + "q\u0001" + Repeat("h\0h\u0001", Many) + "u",
            "long storage over and over" =>
                "}((U\u0007storagectorch\nFloatStorage\n" + longKey + "U\u0003cpuK\u0001NtQq\0"
                + "ctorch._utils\n_rebuild_tensor\nq\u0001(h\0K\0))tq\u00020"
                + string.Concat(Enumerable.Range(0, Many / 10).Select(i => $"U\u0006{i:D6}h\u0001h\u0002R"))
                + "U\u0004lasth\u0001(h\0K\u0001))tRu",
            "dictionaries over and over" =>
                "}(" + "U\u0001a}(U\u0001w" + tensor + Repeat("K\u0001N", Many) + "uq\0" + Repeat("U\u0001bh\0", Many) + "u",
            "objects in objects" => Repeat("ca\nB\n)\u0081}U\u0001x", Many / 10) + "N" + Repeat("s\u0062", Many / 10),
            "objects of one another" =>
                "ca\nB\n)\u0081q\0" + Repeat("ca\nB\n)\u0081}(U\u0001xh\0U\u0001yh\0uq\u0001\u0062q\0", Many / 10),
            "pairs over and over" =>
                "](" + Repeat("](K\u0001Ne", 1000) + "eq\0" + Repeat("ccollections\nOrderedDict\nh\0\u0085R", Many / 10),
            _ => "(" + Repeat("K\u0001", Many) + "tq\0" + Repeat(CheckpointFiles.Tensor(1, "h\0", "h\0"), Many / 10),
        };
        var content = CheckpointFiles.LegacyOfKey(kind == "long storage over and over" ? longKey : "U\u0001k", pickle, 1);
        var watch = Stopwatch.StartNew();

        var message = CheckpointFiles.Refusal(content);

        // Some tenths of a second, on a busy machine a few; minutes to hours if one of them is quadratic.
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
