using System.Text.Json;

namespace Integration.Tests;

/// <summary>A model of bags and coats is given sandals: as processes, with files between them.</summary>
public sealed class AddClassesCommandTests : IDisposable
{
    private static readonly string[] Small = ["--arch", "resnet20", "--image-size", "16"];

    private readonly SmallImageFolder _old = new(imagesPerClass: 10, "bag", "coat");
    private readonly SmallImageFolder _new = new(imagesPerClass: 10, "sandal");

    private string First => _old.Beside("first");

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Train_AddClasses_WritesAModelOfAllThatStockMLNetLoads()
    {
        var second = _old.Beside("second");

        var first = await Run(["train", "--data", _old.Data, .. Small, "--epochs", "1", "--out", First]);
        var added = await Run(Adding(_new.Data, second));
        var evaluate = await Run(
            ["evaluate", "--model", Path.Combine(second, "model.zip"), "--data", _old.Data, "--json"]);
        var stock = await StockConsumerProcess.Score(Path.Combine(second, "model.zip"), _new.Data);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Contains(
            "Classes are added to 2 known ones (bag, coat), of which the features of 20 images are remembered.", added.Error,
            StringComparison.Ordinal);
        Assert.Contains("kept for bag, coat, begun anew for sandal, dropped for none.", added.Error, StringComparison.Ordinal);
        Assert.Contains("classes balanced by BalancedSampling", added.Error, StringComparison.Ordinal);
        Assert.Equal(Names(First), Names(second));
        using var figures = JsonDocument.Parse(evaluate.Output);
        Assert.Equal(
            ["bag", "coat", "sandal"], figures.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.All(stock, image => Assert.Equal(["bag", "coat", "sandal"], image.Scores.Keys));
    }

    [Fact]
    public async Task Train_AddClassesWhereItCannotBe_SaysSoAndOverwritesNothing()
    {
        var first = await Run(["train", "--data", _old.Data, .. Small, "--epochs", "1", "--out", First]);
        var before = await Content();

        var over = await Run(Adding(_new.Data, First));
        var known = await Run(Adding(_old.Data, _old.Beside("second")));
        var random = await Run(["train", "--data", _new.Data, .. Small, "--add-classes", "--out", _old.Beside("second")]);
        File.Delete(Path.Combine(First, "classes.safetensors"));
        var forgotten = await Run(Adding(_new.Data, _old.Beside("second")));

        Assert.True(first.ExitCode == 0, first.Error);
        AssertRefused(
            $"The output folder '{First}' holds model.zip, model.onnx, weights.safetensors, classes.safetensors, metrics.json, " +
            "metrics.csv, run.json and report.html, which this training would replace: choose another folder, or add --overwrite.",
            over);
        AssertRefused(
            "There is no class to add: the model knows bag, coat already. To go on with what it knows, train without --add-classes.",
            known);
        AssertRefused(
            "--add-classes is True; it must be left out if no --weights are given, because classes are added to a model that knows others.",
            random);
        AssertRefused(
            $"There is no class memory '{Path.Combine(First, "classes.safetensors")}', which stands for the images of the classes that " +
            $"'{Path.Combine(First, "model.zip")}' knows: training writes it beside its model; name it by --class-memory, or train on " +
            "images of all classes.",
            forgotten);
        Assert.Equal(before, await Content());
        Assert.False(File.Exists(Path.Combine(_old.Beside("second"), "model.zip")));
    }

    private string[] Adding(string data, string output) =>
    [
        "train", "--data", data, "--arch", "resnet20", "--weights", Path.Combine(First, "model.zip"), "--add-classes", "--epochs", "2",
        "--out", output,
    ];

    private async Task<byte[]> Content() =>
        await File.ReadAllBytesAsync(Path.Combine(First, "model.zip"), TestContext.Current.CancellationToken);

    private static IEnumerable<string?> Names(string folder) =>
        Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static void AssertRefused(string sentence, (int ExitCode, string Output, string Error) run)
    {
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal(sentence, run.Error.TrimEnd().Split(Environment.NewLine)[^1]);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);
}
