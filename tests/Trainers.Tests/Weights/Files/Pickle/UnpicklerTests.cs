using System.Diagnostics;
using System.Text;
using Trainers.Weights;

namespace Trainers.Tests.Weights;

public sealed class UnpicklerTests
{
    [Theory]
    [InlineData("evil-system.pth", "posix.system")]
    [InlineData("evil-system-protocol4.pth", "posix.system")]
    [InlineData("evil-eval.pth", "__builtin__.eval")]
    [InlineData("evil-nested.pth", "posix.system")]
    [InlineData("evil-namespace.pth", "argparse.Namespace")]
    [InlineData("evil-numpy.pth", "numpy.core.multiarray.scalar")]
    public void Load_NameThatIsNotAllowed_IsRefusedByName(string file, string name)
    {
        var error = Assert.Throws<WeightsFileException>(() => Checkpoint.Open(CheckpointFiles.Find(file)));

        Assert.Contains(
            $"the checkpoint asks for '{name}', which is not allowed: only tensors are read, nothing is run;",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cos\nsystem\n(U\u0002lstR", "os.system")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002ls\u0085R", "os.system")]
    [InlineData("cbuiltins\neval\n(U\u00011tR", "builtins.eval")]
    [InlineData("ctorch\nload\n(U\u0001ftR", "torch.load")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n0N", "torch._utils._rebuild_tensor_v2.__globals__")]
    public void Load_CraftedName_IsRefusedByName(string pickle, string name)
    {
        var message = CheckpointFiles.Refusal(CheckpointFiles.Legacy(CheckpointFiles.Dictionary(pickle)));

        Assert.Contains($"asks for '{name}', which is not allowed", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil-module.pth", "torch.nn.modules.linear.Linear")]
    [InlineData("evil-own-module.pth", "__main__.Net")]
    [InlineData("evil-own-module-legacy.pth", "__main__.Net")]
    public void Load_WholeModule_SaysToSaveTheStateDictionary(string file, string name)
    {
        var error = Assert.Throws<WeightsFileException>(() => Checkpoint.Open(CheckpointFiles.Find(file)));

        Assert.Contains(
            $"whole object of class '{name}', which only Python can rebuild; save model.state_dict() instead",
            error.Message,
            StringComparison.Ordinal);
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
    [InlineData("K\u0001K\u0002R", "does not fit together")]
    [InlineData("ctorch\nFloatStorage\n)R", "does not fit together")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n)R", "does not fit together")]
    [InlineData("ccollections\nOrderedDict\n(]K\u0001atR", "does not fit together")]
    [InlineData("K\u0001Nb", "does not fit together")]
    [InlineData("K\u0001Q", "does not fit together")]
    [InlineData("h\u0005", "does not fit together")]
    [InlineData("j\u00ff\u00ff\u00ff\u00ff", "does not fit together")]
    [InlineData("K\u0001r\u00ff\u00ff\u00ff\u007f", "numbers its memo with gaps")]
    [InlineData("}(K\u0001u", "a key without a value")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fab", "a length in it is wrong")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffab", "a length in it is wrong")]
    [InlineData("B\u00ff\u00ff\u00ff\u00ff", "a length in it is wrong")]
    [InlineData("\u0080\u0006", "protocol other than 2 to 5")]
    [InlineData("ctorch\nSize\n)\u0081", "opcode 0x81")]
    [InlineData("K\u00012", "opcode 0x32")]
    [InlineData("\u0082\u0001", "opcode 0x82")]
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
            using var checkpoint = Checkpoint.Open(path);
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
    [InlineData("pairs over and over", "repeats itself beyond reason")]
    [InlineData("tensor of many sizes over and over", "repeats itself beyond reason")]
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
