using System.Text;
using System.Text.Json;

namespace Integration.Tests;

/// <summary>What the command line takes for data, and how it compares names: in a process built with InvariantGlobalization.</summary>
public sealed class FolderCommandTests : IDisposable
{
    private const string Decomposed = "Ga\u0308nseblu\u0308mchen", Composed = "G\u00E4nsebl\u00FCmchen";

    private readonly SmallImageFolder _place = new(imagesPerClass: 6, "bag", "coat");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task TrainEvaluatePredict_NamesOfAMac_AreThoseOfEveryoneElse()
    {
        var (mac, linux, output) = (_place.Beside("mac"), _place.Beside("linux"), _place.Beside("out"));
        Copy(Path.Combine(_place.Data, "bag"), Path.Combine(mac, Decomposed));
        Copy(Path.Combine(_place.Data, "coat"), Path.Combine(mac, "coat"));
        Copy(Path.Combine(_place.Data, "bag"), Path.Combine(linux, Composed));
        Copy(Path.Combine(_place.Data, "coat"), Path.Combine(linux, "coat"));

        var train = await Run(
            "train", "--data", mac, "--validation", linux, "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--out", output);
        var evaluate = await Run("evaluate", "--model", Path.Combine(output, "model.zip"), "--data", linux, "--json");
        var predict = await Run("predict", "--model", Path.Combine(output, "model.onnx"), "--json", mac);

        Assert.Equal((0, 0, 0), (train.ExitCode, evaluate.ExitCode, predict.ExitCode));
        Assert.DoesNotContain("Skipped", train.Error, StringComparison.Ordinal);
        using var predictions = JsonDocument.Parse(predict.Output);
        Assert.Equal(12, predictions.RootElement.GetArrayLength());
        Assert.All(predictions.RootElement.EnumerateArray(), prediction => Assert.Equal(
            [Composed, "coat"], prediction.GetProperty("scores").EnumerateObject().Select(score => score.Name)));
    }

    [Fact]
    public async Task ExportQuantize_LabelsOfAMac_AreKnown()
    {
        var (labels, onnx) = (_place.Beside("labels.txt"), _place.Beside("model.onnx"));
        Directory.Move(Path.Combine(_place.Data, "bag"), Path.Combine(_place.Data, Composed));
        await File.WriteAllLinesAsync(labels, ["coat", Decomposed], TestContext.Current.CancellationToken);

        var export = await Run("export", "--arch", "resnet20", "--labels", labels, "--out", onnx);
        var quantize = await Run("quantize", "--model", onnx, "--data", _place.Data, "--no-gate", "--out", _place.Beside("int8.onnx"));

        Assert.Equal((0, 0), (export.ExitCode, quantize.ExitCode));
        Assert.Contains(
            JsonSerializer.Serialize(Composed)[1..^1],
            Encoding.UTF8.GetString(await File.ReadAllBytesAsync(onnx, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportQuantize_FileInTheWay_IsKeptUnlessOverwrittenOnPurpose()
    {
        var (onnx, half) = (_place.Beside("model.onnx"), _place.Beside("half.onnx"));
        string[] export = ["export", "--arch", "resnet20", "--classes", "2", "--out", onnx];
        string[] quantize = ["quantize", "--model", onnx, "--weights-only", "fp16", "--out", half];
        await File.WriteAllTextAsync(onnx, "precious", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(half, "precious", TestContext.Current.CancellationToken);

        var refused = await Run(export);
        var kept = await File.ReadAllTextAsync(onnx, TestContext.Current.CancellationToken);
        var overwritten = await Run([.. export, "--overwrite"]);
        var refusedHalf = await Run(quantize);
        var overwrittenHalf = await Run([.. quantize, "--overwrite"]);

        Assert.Equal((2, 0, 2, 0), (refused.ExitCode, overwritten.ExitCode, refusedHalf.ExitCode, overwrittenHalf.ExitCode));
        Assert.Equal("precious", kept);
        Assert.Equal(
            $"'{onnx}' is there already, a file of 8 bytes: choose another name, or add --overwrite.", refused.Error.Trim());
    }

    [Fact]
    public async Task Predict_FolderAndPattern_FindTheImages()
    {
        var onnx = _place.Beside("model.onnx");
        var bag = Path.Combine(_place.Data, "bag");
        File.Copy(Directory.GetFiles(bag)[0], Path.Combine(bag, "[x]*.png"));
        await File.WriteAllTextAsync(Path.Combine(bag, "notes.txt"), "text", TestContext.Current.CancellationToken);
        await Run("export", "--arch", "resnet20", "--classes", "2", "--out", onnx);

        var run = await Run(
            "predict", "--model", onnx, "--json", _place.Data, Path.Combine(_place.Data, "c*", "*.png"), Path.Combine(bag, "[x]*.png"));
        var none = await Run("predict", "--model", onnx, Path.Combine(bag, "*.txt"));

        Assert.Equal((0, 2), (run.ExitCode, none.ExitCode));
        using var predictions = JsonDocument.Parse(run.Output);
        var images = predictions.RootElement.EnumerateArray()
            .Select(prediction => Path.GetRelativePath(_place.Data, prediction.GetProperty("image").GetString()!)).ToList();
        Assert.Equal(7 + 6 + 6 + 1, images.Count);
        Assert.All(images.Skip(13).Take(6), image => Assert.StartsWith("coat", image, StringComparison.Ordinal));
        Assert.Equal(Path.Combine("bag", "[x]*.png"), images[^1]);
        Assert.Contains("Ignored 1 file that is not JPEG, PNG, BMP, GIF or WebP: .txt (1).", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            $"No image matches '{Path.Combine(bag, "*.txt")}'. Ignored 1 file that is not JPEG, PNG, BMP, GIF or WebP: .txt (1).",
            none.Error.Trim());
    }

    [Theory]
    [InlineData("--data SPLIT/train --validation SPLIT/val?", "train", "--data", "SPLIT", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("--data SPLIT/val?", "evaluate", "--model", "missing.onnx", "--data", "SPLIT")]
    [InlineData("would lie in the folder of images", "train", "--data", "DATA", "--arch", "resnet20", "--out", "DATA/out")]
    [InlineData(
        "would lie in the folder of images", "train", "--data", "SPLIT/train", "--validation", "DATA", "--arch", "resnet20", "--out",
        "DATA")]
    [InlineData("would lie in the folder of images", "lr-find", "--data", "DATA", "--arch", "resnet20", "--out", "DATA/bag/plot.png")]
    [InlineData(
        "would lie in the folder of images", "quantize", "--model", "missing.onnx", "--data", "DATA", "--out", "DATA/out/int8.onnx")]
    [InlineData(
        "Not one of the 12 validation images can be used", "train", "--data", "DATA", "--validation", "SPLIT/val", "--arch", "resnet20",
        "--out", "OUT")]
    public async Task Run_FoldersThatCannotBeMeant_SaysSo(string sentence, params string[] arguments)
    {
        foreach (var part in (string[])["train", "val"])
        {
            Copy(Path.Combine(_place.Data, "bag"), Path.Combine(_place.Beside("split"), part, "rose"));
            Copy(Path.Combine(_place.Data, "coat"), Path.Combine(_place.Beside("split"), part, "tulip"));
        }

        var (split, data, output) = (_place.Beside("split"), _place.Data, _place.Beside("out"));
        string Place(string text) =>
            text.Replace("SPLIT", split, StringComparison.Ordinal).Replace("DATA", data, StringComparison.Ordinal)
                .Replace("OUT", output, StringComparison.Ordinal);

        var run = await Run([.. arguments.Select(Place)]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(Place(sentence), run.Error.TrimEnd().Split(Environment.NewLine)[^1], StringComparison.Ordinal);
        Assert.Equal(["bag", "coat"], Directory.GetFileSystemEntries(data).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(6, Directory.GetFiles(Path.Combine(data, "bag")).Length);
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);
}
