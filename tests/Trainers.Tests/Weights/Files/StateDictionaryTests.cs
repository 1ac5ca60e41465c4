using Trainers.Weights;

namespace Trainers.Tests.Weights;

public sealed class StateDictionaryTests
{
    private static readonly string One = "}" + Entry("one", CheckpointFiles.Tensor(1, ")", ")"));
    private static readonly string Other = "}" + Entry("other", CheckpointFiles.Tensor(1, ")", ")"));

    public static TheoryData<string, string> Saved => new()
    {
        { "}" + Entry("state_dict", One), "one" },
        { "}" + Entry("model_state_dict", One), "one" },
        { "}" + Entry("model", One), "one" },
        { "}" + Entry("net", One), "one" },
        { "}" + Entry("params", One), "one" },
        { "}" + Entry("model", Other) + Entry("state_dict", One), "one" },
        { "}" + Entry("state_dict", "}") + Entry("model", One), "one" },
        { "}" + Entry("model", "U\u0008resnet18") + Entry("one", CheckpointFiles.Tensor(1, ")", ")")), "one" },
        { "}" + Entry("state_dict", Other) + Entry("state_dict", One), "one" },
        { One + Entry("other", "K\u0001"), "one" },
        { One + "K\u0001" + CheckpointFiles.Tensor(1, ")", ")") + "s", "one" },
        { One + Entry("one", CheckpointFiles.Tensor(1, ")", ")")), "one" },
        { One + Entry("other", CheckpointFiles.Tensor(1, ")", ")")), "one,other" },
    };

    [Theory]
    [MemberData(nameof(Saved))]
    public void Find_WhatScriptsSave_TakesTheModelsTensors(string pickle, string expected)
    {
        var content = CheckpointFiles.Legacy(pickle, 1);

        var names = CheckpointFiles.With(content, path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            return checkpoint.Tensors.Keys.ToList();
        });

        Assert.Equal(expected.Split(','), names);
    }

    private static string Entry(string key, string value) => $"U{(char)key.Length}{key}{value}s";
}
