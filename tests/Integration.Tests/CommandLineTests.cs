using System.Text.Json;

namespace Integration.Tests;

/// <summary>The command line as a user has it: a process of its own, its two streams and its exit code.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task TrainEvaluatePredict_FolderWithUnreadableImages_SkipsThemAndAgreesOnZipAndOnnx()
    {
        var data = SmallFolder();
        await File.WriteAllTextAsync(Path.Combine(data, "bag", "zero.png"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "coat", "text.png"), "no image", TestContext.Current.CancellationToken);
        var output = Path.Combine(_folder.FullName, "out");

        var train = await Run("train", "--data", data, "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--out", output);
        var zip = await Run("evaluate", "--model", Path.Combine(output, "model.zip"), "--data", data, "--json");
        var onnx = await Run("evaluate", "--model", Path.Combine(output, "model.onnx"), "--data", data, "--json");
        var image = Directory.GetFiles(Path.Combine(data, "bag"), "0*.png")[0];
        var predict = await Run("predict", "--model", Path.Combine(output, "model.zip"), "--json", image);

        Assert.Equal((0, 0, 0, 0), (train.ExitCode, zip.ExitCode, onnx.ExitCode, predict.ExitCode));
        Assert.Contains("zero.png: the file is empty.", train.Error, StringComparison.Ordinal);
        Assert.Equal(["metrics.json", "model.onnx", "model.zip", "weights.safetensors"], Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var zipFigures = JsonDocument.Parse(zip.Output);
        using var onnxFigures = JsonDocument.Parse(onnx.Output);
        Assert.Equal((12, 2), (zipFigures.RootElement.GetProperty("images").GetInt32(), zipFigures.RootElement.GetProperty("skipped").GetInt32()));
        Assert.Equal(
            zipFigures.RootElement.GetProperty("logLoss").GetDouble(), onnxFigures.RootElement.GetProperty("logLoss").GetDouble(), precision: 5);
        using var predictions = JsonDocument.Parse(predict.Output);
        var prediction = Assert.Single(predictions.RootElement.EnumerateArray().ToList());
        Assert.Equal(image, prediction.GetProperty("image").GetString());
        Assert.Equal(1, prediction.GetProperty("scores").EnumerateObject().Sum(score => score.Value.GetDouble()), precision: 5);
    }

    [Fact]
    public async Task Models_Json_ListsTheTable()
    {
        var run = await Run("models", "--json");

        using var models = JsonDocument.Parse(run.Output);
        var resnet50 = models.RootElement.EnumerateArray().Single(model => model.GetProperty("name").GetString() == "resnet50");
        Assert.Equal(25_557_032, resnet50.GetProperty("parameters").GetInt64());     // torchvision's documentation
        Assert.Equal(224, resnet50.GetProperty("imageSize").GetInt32());
    }

    [Fact]
    public async Task Models_Markdown_IsThePageInTheDocs()
    {
        var run = await Run("models", "--markdown");

        var page = await File.ReadAllTextAsync(Path.Combine(Places.RepositoryRoot, "docs", "models.md"), TestContext.Current.CancellationToken);
        Assert.Equal(page.ReplaceLineEndings("\n"), run.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Export_Labels_WritesThemIntoAModelThatEvaluates()
    {
        var data = SmallFolder();
        var (labels, onnx) = (Path.Combine(_folder.FullName, "labels.txt"), Path.Combine(_folder.FullName, "model.onnx"));
        await File.WriteAllLinesAsync(labels, ["bag", "coat"], TestContext.Current.CancellationToken);

        var export = await Run("export", "--arch", "resnet20", "--labels", labels, "--out", onnx);
        var evaluate = await Run("evaluate", "--model", onnx, "--data", data, "--json");

        Assert.Equal((0, 0), (export.ExitCode, evaluate.ExitCode));
    }

    [Theory]
    [InlineData("does not exist", "train", "--data", "missing", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("Unknown architecture", "train", "--data", "DATA", "--arch", "resnet19", "--out", "OUT")]
    [InlineData("Epochs must be at least 1", "train", "--data", "DATA", "--arch", "resnet20", "--epochs", "0", "--out", "OUT")]
    [InlineData("at least two classes", "train", "--data", "ONE", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("cannot be written to", "train", "--data", "DATA", "--arch", "resnet20", "--out", "FILE")]
    [InlineData("is required", "train", "--data", "DATA")]
    [InlineData("no ML.NET model", "evaluate", "--model", "FILE", "--data", "DATA")]
    [InlineData("does not exist", "predict", "--model", "missing.onnx", "FILE")]
    [InlineData("at least 2", "export", "--arch", "resnet20", "--classes", "1", "--out", "FILE")]
    public async Task Run_BadInput_SaysSoInOneSentence(string sentence, params string[] arguments)
    {
        var one = Directory.CreateDirectory(Path.Combine(_folder.FullName, "one")).FullName;
        Directory.Move(Path.Combine(SmallFolder(), "coat"), Path.Combine(one, "coat"));
        var data = SmallFolder();
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "text", TestContext.Current.CancellationToken);
        var output = Path.Combine(_folder.FullName, "out");
        var names = new Dictionary<string, string> { ["DATA"] = data, ["ONE"] = one, ["FILE"] = file, ["OUT"] = output };

        var run = await Run([.. arguments.Select(argument => names.GetValueOrDefault(argument, argument))]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(sentence, Assert.Single(run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.True(!Directory.Exists(output) || Directory.GetFiles(output).Length == 0);
        Assert.Equal("text", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    /// <summary>Six images of each of two classes, copied.</summary>
    private string SmallFolder()
    {
        var root = Path.Combine(_folder.FullName, "data");
        foreach (var label in new[] { "bag", "coat" })
        {
            var target = Directory.CreateDirectory(Path.Combine(root, label)).FullName;
            foreach (var image in Directory.GetFiles(Path.Combine(Places.FashionMnist, "train", label)).Order(StringComparer.Ordinal).Take(6))
            {
                File.Copy(image, Path.Combine(target, Path.GetFileName(image)), overwrite: true);
            }
        }

        return root;
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);
}
