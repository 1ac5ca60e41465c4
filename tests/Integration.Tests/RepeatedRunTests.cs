using System.Text.Json.Nodes;

namespace Integration.Tests;

/// <summary>Trainings of seconds into one folder and out of one file: nothing is lost without a word, and a run is repeated.</summary>
public sealed class RepeatedRunTests : IDisposable
{
    private readonly SmallImageFolder _place = new(imagesPerClass: 10, "bag", "coat");

    private string First => _place.Beside("first");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Train_ConfigOfARun_WritesTheSameBytes()
    {
        var second = _place.Beside("second");

        var first = await Run([.. Small, "--epochs", "2", "--mean", "0.5", "0.4", "0.3", "--no-report", "--out", First]);
        var repeated = await Run(["train", "--config", Path.Combine(First, "run.json"), "--out", second]);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.True(repeated.ExitCode == 0, repeated.Error);
        Assert.Equal(await Content(First, "model.zip"), await Content(second, "model.zip"));
        Assert.Equal(await Content(First, "model.onnx"), await Content(second, "model.onnx"));
        Assert.Equal(await Content(First, "weights.safetensors"), await Content(second, "weights.safetensors"));
        var (one, other) = (await RunOf(First), await RunOf(second));
        Assert.Equal(one["options"]!.ToJsonString(), other["options"]!.ToJsonString());
        Assert.Equal(
            new JsonObject
            {
                ["data"] = _place.Data,
                ["arch"] = "resnet20",
                ["no-report"] = true,
                ["mean"] = "0.5,0.4,0.3",
                ["epochs"] = 2,
                ["image-size"] = 16,
                ["seed"] = 1,
                ["device"] = "cpu",
            }.ToJsonString(),
            one["options"]!.ToJsonString());
        Assert.Equal("2", (string?)one["recipe"]!["Epochs"]);
        Assert.Equal((18, 2), ((int)one["data"]!["images"]!, (int)one["data"]!["validationImages"]!));
        Assert.Equal((string?)one["data"]!["hash"], (string?)other["data"]!["hash"]);
    }

    [Fact]
    public async Task Train_FolderOfATraining_IsKeptUntilOverwriteIsSaid()
    {
        var first = await Run([.. Small, "--epochs", "1", "--out", First]);
        var before = await Content(First, "model.zip");

        var over = await Run([.. Small, "--epochs", "1", "--seed", "2", "--out", First]);
        var resumed = await Run([.. Small, "--epochs", "2", "--resume", "--out", First]);
        var kept = await Content(First, "model.zip");
        var asked = await Run(
            [.. Small, "--epochs", "1", "--seed", "2", "--remembered-images", "0", "--no-report", "--overwrite", "--out", First]);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal((2, ""), (over.ExitCode, over.Output));
        Assert.EndsWith("choose another folder, or add --overwrite.", over.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal((2, ""), (resumed.ExitCode, resumed.Output));
        Assert.StartsWith($"The training in '{First}' has ended and cannot be resumed", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(before, kept);
        Assert.True(asked.ExitCode == 0, asked.Error);
        Assert.NotEqual(before, await Content(First, "model.zip"));
        Assert.Equal(
            ["metrics.csv", "metrics.json", "model.onnx", "model.zip", "run.json", "weights.safetensors"],     // none of the first's
            Directory.GetFiles(First).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string[] Small => ["train", "--data", _place.Data, "--arch", "resnet20", "--image-size", "16", "--device", "cpu"];

    private static Task<byte[]> Content(string folder, string name) =>
        File.ReadAllBytesAsync(Path.Combine(folder, name), TestContext.Current.CancellationToken);

    private static async Task<JsonNode> RunOf(string folder) => JsonNode.Parse(await Content(folder, "run.json"))!;

    private static async Task<(int ExitCode, string Output, string Error)> Run(IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);
}
