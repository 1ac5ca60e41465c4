using MLVision.Trainers.Weights.Files;

namespace Trainers.Tests.Weights.Files.Pickle;

public sealed class PickledTensorsTests
{
    private static readonly string Tensor = CheckpointFiles.Tensor(1, ")", ")");
    private static readonly string One = "}" + Entry("one", Tensor);

    public static TheoryData<string, string> Saved => new()
    {
        { One, "|one" },
        { One + Entry("other", Tensor), "|one,|other" },
        { One + Entry("one", Tensor), "|one" },
        { One + Entry("other", "K\u0001"), "|one" },
        { One + "K\u0001" + Tensor + "s", "|one" },
        { "}" + Entry("a", One), "a.|one" },
        { "}" + Entry("a", "}" + Entry("b", "}" + Entry("c", One))), "a.b.c.|one" },
        { "}" + Entry("a", "U\u0008resnet18") + Entry("one", Tensor), "|one" },
        { "](" + One + "}" + One[1..] + "e", "0.|one,1.|one" },
        { "K\u0003" + One + "\u0086", "1.|one" },
        { "}" + Entry("a", One + "q\0") + Entry("b", "h\0"), "a.|one,b.|one" },
        { "}" + Entry("a", "}K\u0007" + One + "s") + Entry("b", One), "b.|one" },

        // A dictionary of a class of its own; an object with attributes, and one with slots; a module of a module.
        { "cm\nDict\n)\u0081" + Entry("one", Tensor), "|one" },
        { "cm\nA\n)\u0081}" + Entry("net", One) + "b", "net.|one" },
        { "cm\nA\n)\u0081N}" + Entry("net", One) + "\u0086b", "net.|one" },
        { "}" + Entry("m", Module("}", "}" + Entry("fc", Module(One, "}")))), "m.|fc.one" },
    };

    /// <summary>Where a tensor's own name begins is marked by a bar.</summary>
    [Theory]
    [MemberData(nameof(Saved))]
    public void Find_WhatScriptsSave_GivesEveryTensorItsPath(string pickle, string expected)
    {
        var content = CheckpointFiles.Legacy(pickle, 1);

        var paths = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = WeightsFile.Open(path);
            return checkpoint.Saved.Select(saved => $"{saved.Dictionary}|{saved.Name}").ToList();
        });

        Assert.Equal(expected.Split(','), paths);
    }

    private static string Module(string parameters, string modules) =>
        "cm\nModule\n)\u0081}" + Entry("_parameters", parameters) + Entry("_buffers", "}") + Entry("_modules", modules) + "b";

    private static string Entry(string key, string value) => $"U{(char)key.Length}{key}{value}s";
}
