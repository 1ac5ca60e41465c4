using System.Text;
using System.Text.Json;

namespace Integration.Tests;

/// <summary><c>mlvision score</c> in a process of its own: shards, interruptions, bad images.</summary>
public sealed class ScoreCommandTests : IDisposable
{
    private readonly SmallImageFolder _place = new(imagesPerClass: 6, "bag", "coat");

    private string Model => _place.Beside("model.onnx");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Score_ShardsKilledAndRunAgain_AreTheWholeByteForByte()
    {
        await Export();
        var manifest = await WriteManifest(rows: 6000);
        var (whole, parts) = (_place.Beside("whole.csv"), _place.Beside("parts.csv"));
        Assert.Equal(0, (await Score(manifest, whole)).ExitCode);

        var kills = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            kills += await ScoreAndKill(manifest, parts, "1/2") ? 1 : 0;
        }

        var second = await Score(manifest, parts, "--shard", "1/2");
        var first = await Score(manifest, parts, "--shard", "0/2");
        var merge = await Run("score", "--merge", "--out", parts);

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, merge.ExitCode));
        Assert.True(kills > 0);
        Assert.Equal(await File.ReadAllBytesAsync(whole, Cancellation), await File.ReadAllBytesAsync(parts, Cancellation));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(parts)!, "*.partial"));
    }

    [Fact]
    public async Task Score_CtrlC_KeepsRowsAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        await Export();
        var (manifest, output) = (await WriteManifest(rows: 6000), _place.Beside("labels.jsonl"));

        using (var watch = new Growth(output + ".partial"))
        using (var app = Start(manifest, output))
        {
            await watch.Seen;
            Assert.Equal(130, await app.Interrupt());
            Assert.StartsWith("Cancelled. ", app.Lines[^1], StringComparison.Ordinal);
            Assert.EndsWith("the same command goes on behind.", app.Lines[^1], StringComparison.Ordinal);
        }

        var resumed = await Score(manifest, output);
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("there; going on behind.", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(6000, (await File.ReadAllLinesAsync(output, Cancellation)).Length);
    }

    [Fact]
    public async Task Score_FolderWithBadImages_CostsTheirRows()
    {
        await Export();
        var output = _place.Beside("labels.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_place.Data, "bag", "bad, \"image\".png"), "", Cancellation);

        var run = await Score(_place.Data, output);
        var again = await Score(_place.Data, output);
        var fast = await Score(_place.Data, output, "--fast");

        Assert.Equal((0, 0, 2), (run.ExitCode, again.ExitCode, fast.ExitCode));
        Assert.Contains("13 images, 1 with an error", run.Output, StringComparison.Ordinal);
        Assert.Contains("is whole and stays as it is.", again.Error, StringComparison.Ordinal);
        Assert.Contains("holds rows of images read exactly (no --fast)", fast.Error, StringComparison.Ordinal);
        var rows = (await File.ReadAllLinesAsync(output, Cancellation)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(13, rows.Count);
        var bad = Assert.Single(rows, row => row.GetProperty("error").ValueKind != JsonValueKind.Null);
        Assert.Equal("bag/bad, \"image\".png", bad.GetProperty("image").GetString());
        Assert.Equal("the file is empty.", bad.GetProperty("error").GetString());
        var names = rows.Select(row => row.GetProperty("image").GetString()!).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task Score_SchedulersVariables_GiveTheShard()
    {
        await Export();
        var environment = new Dictionary<string, string> { ["SLURM_ARRAY_TASK_ID"] = "2", ["SLURM_ARRAY_TASK_COUNT"] = "3" };

        var run = await AppProcess.Run(Places.CommandLine, Arguments(_place.Data, _place.Beside("labels.csv")), environment);
        var all = await AppProcess.Run(
            Places.CommandLine, [.. Arguments(_place.Data, _place.Beside("all.csv")), "--no-shard"], environment);

        Assert.Equal((0, 0), (run.ExitCode, all.ExitCode));
        Assert.Contains("Scoring shard 2/3, as SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT say", run.Error, StringComparison.Ordinal);
        Assert.Equal(5, (await File.ReadAllLinesAsync(_place.Beside("labels-00002-of-00003.csv"), Cancellation)).Length);
        Assert.Equal(13, (await File.ReadAllLinesAsync(_place.Beside("all.csv"), Cancellation)).Length);
    }

    [Theory]
    [InlineData("--shard asks for shard 5 of 4", "--model", "MODEL", "--data", "DATA", "--out", "OUT.csv", "--shard", "5/4")]
    [InlineData("expected a file whose name ends in .csv or .jsonl.", "--model", "MODEL", "--data", "DATA", "--out", "OUT")]
    [InlineData("score needs --model", "--data", "DATA", "--out", "OUT.csv")]
    [InlineData("score needs --data", "--model", "MODEL", "--out", "OUT.csv")]
    [InlineData("leave --model out.", "--merge", "--model", "MODEL", "--out", "OUT.csv")]
    [InlineData("There are no parts of", "--merge", "--out", "OUT.csv")]
    [InlineData("would lie in the folder of images", "--model", "MODEL", "--data", "DATA", "--out", "DATA/x.csv")]
    [InlineData("does not exist.", "--model", "MODEL", "--data", "OUT.csv", "--out", "OUT.jsonl")]
    [InlineData("does not exist.", "--model", "MODEL", "--data", "OUT", "--out", "OUT.jsonl")]
    public async Task Score_WrongInput_SaysSo(string sentence, params string[] arguments)
    {
        await Export();
        var before = Directory.GetFiles(Path.GetDirectoryName(Model)!);

        var run = await Run(
            ["score", .. arguments.Select(text => text.Replace("MODEL", Model, StringComparison.Ordinal)
                .Replace("DATA", _place.Data, StringComparison.Ordinal).Replace("OUT", _place.Beside("out"), StringComparison.Ordinal))]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(sentence, run.Error.TrimEnd().Split(Environment.NewLine)[^1], StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(Path.GetDirectoryName(Model)!));
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);

    private Task<(int ExitCode, string Output, string Error)> Score(string data, string output, params string[] more) =>
        Run([.. Arguments(data, output), .. more]);

    private RunningApp Start(string data, string output, params string[] more) =>
        RunningApp.Start(Places.CommandLine, [.. Arguments(data, output), .. more]);

    private string[] Arguments(string data, string output) =>
        ["score", "--model", Model, "--data", data, "--out", output, "--device", "cpu"];

    private Task<(int ExitCode, string Output, string Error)> Export() =>
        Run("export", "--arch", "resnet20", "--classes", "2", "--out", Model);

    /// <summary>Kills the process as soon as rows are written; false where it was done before.</summary>
    private async Task<bool> ScoreAndKill(string manifest, string output, string shard)
    {
        var partial = Path.Combine(Path.GetDirectoryName(output)!, "parts-00001-of-00002.csv.partial");
        using var watch = new Growth(partial);
        using var app = Start(manifest, output, "--shard", shard);
        await Task.WhenAny(watch.Seen, app.End());
        await app.Kill();
        return File.Exists(partial);
    }

    /// <summary>The same few images again and again, some missing, with values that need quotes.</summary>
    private async Task<string> WriteManifest(int rows)
    {
        var images = Directory.GetFiles(_place.Data, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Path.GetRelativePath(_place.Beside(""), path).Replace('\\', '/')).ToList();
        var text = new StringBuilder("image,label,note\r\n");
        for (var row = 0; row < rows; row++)
        {
            text.Append(row % 501 == 500 ? "none.png" : images[row % images.Count])
                .Append(",bag,\"row\n\"\"").Append(row).Append("\"\"\"\r\n");
        }

        var path = _place.Beside("m.csv");
        await File.WriteAllTextAsync(path, text.ToString(), Cancellation);
        return path;
    }

    /// <summary>Waits until a file is longer than it was.</summary>
    private sealed class Growth : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Growth(string path)
        {
            var length = LengthOf(path);
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            _watcher.Changed += (_, _) =>
            {
                if (LengthOf(path) > length)
                {
                    _seen.TrySetResult();
                }
            };
            _watcher.EnableRaisingEvents = true;
        }

        public Task Seen => _seen.Task;

        public void Dispose() => _watcher.Dispose();

        private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
    }
}
