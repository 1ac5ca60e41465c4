using System.IO.Compression;
using System.Text.Json;

namespace Integration.Tests;

/// <summary>Every command that takes a folder of labelled images takes a manifest, in which images may lie in an archive.</summary>
public sealed class ManifestCommandTests : IDisposable
{
    private readonly SmallImageFolder _place = new(imagesPerClass: 8, "bag", "coat");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task TrainEvaluateDoctorScore_ManifestOfAnArchive_ReadItAlike()
    {
        var (manifest, output) = (await WriteManifest(), _place.Beside("out"));
        var model = Path.Combine(output, "model.onnx");

        var train = await Run("train", "--data", manifest, "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--out", output);
        var evaluate = await Run("evaluate", "--model", model, "--data", manifest, "--json");
        var doctor = await Run("doctor", "--data", manifest, "--out", _place.Beside("doctor"), "--json");
        var score = await Run("score", "--model", model, "--data", manifest, "--out", _place.Beside("labels.csv"));

        Assert.Equal((0, 0, 0, 0), (train.ExitCode, evaluate.ExitCode, doctor.ExitCode, score.ExitCode));
        Assert.Contains("m.jsonl: 17 images: train 9, validation 4, test 4.", train.Error, StringComparison.Ordinal);
        Assert.Contains("4 images of the split 'test' are left out", train.Error, StringComparison.Ordinal);
        Assert.Contains("gone.png: the file does not exist.", train.Error, StringComparison.Ordinal);
        using var metrics = JsonDocument.Parse(evaluate.Output);
        Assert.Equal(4, metrics.RootElement.GetProperty("images").GetInt32());
        using var findings = JsonDocument.Parse(doctor.Output);
        Assert.Equal(17, findings.RootElement.GetProperty("images").GetInt32());
        Assert.Equal(1, findings.RootElement.GetProperty("counts").GetProperty("unreadable").GetInt32());
        var rows = await File.ReadAllLinesAsync(_place.Beside("labels.csv"), Cancellation);
        Assert.Equal("image,label,probability,scores,error,given_label,split", rows[0]);
        Assert.Equal(18, rows.Length);
        Assert.StartsWith("images.zip/bag/", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ImageInTwoParts_IsRefusedBeforeAnythingIsWritten()
    {
        var (manifest, output) = (await WriteManifest(), _place.Beside("out"));
        var first = Directory.GetFiles(Path.Combine(_place.Data, "bag")).Order(StringComparer.Ordinal).First();
        File.Copy(first, _place.Beside("copy.png"));
        await File.AppendAllTextAsync(manifest, "{\"image\": \"copy.png\", \"label\": \"bag\", \"split\": \"test\"}\n", Cancellation);

        var run = await Run("train", "--data", manifest, "--arch", "resnet20", "--out", output);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            "Leaks between the parts: the same image lies in two parts of the data set, ",
            run.Error.TrimEnd().Split(Environment.NewLine)[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);

    /// <summary>Of each class four images to learn from, two to validate, two to test; and one that is missing.</summary>
    private async Task<string> WriteManifest()
    {
        ZipFile.CreateFromDirectory(_place.Data, _place.Beside("images.zip"));
        var rows =
            from label in (string[])["bag", "coat"]
            from image in Directory.GetFiles(Path.Combine(_place.Data, label)).Order(StringComparer.Ordinal).Index()
            let split = image.Index < 4 ? "train" : image.Index < 6 ? "validation" : "test"
            select new { image = $"images.zip/{label}/{Path.GetFileName(image.Item)}", label, split };
        var path = _place.Beside("m.jsonl");
        await File.WriteAllLinesAsync(
            path, rows.Append(new { image = "gone.png", label = "bag", split = "train" }).Select(row => JsonSerializer.Serialize(row)),
            Cancellation);
        return path;
    }
}
