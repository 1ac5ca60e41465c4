using System.Globalization;

namespace Integration.Tests;

/// <summary>A training that is killed, interrupted or left without disk goes on, and ends where an undisturbed one does.</summary>
public sealed class InterruptedTrainingTests(UndisturbedTraining undisturbed) : IClassFixture<UndisturbedTraining>, IDisposable
{
    private const string CheckpointName = "checkpoint.safetensors";
    private const string PreviousName = "checkpoint.previous.safetensors";

    private readonly SmallImageFolder _place = new(imagesPerClass: 0);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Train_Killed_ResumesToTheSameFile()
    {
        var temporary = Directory.CreateDirectory(_place.Beside("tmp")).FullName;
        var environment = new Dictionary<string, string> { ["TMPDIR"] = temporary, ["TMP"] = temporary, ["TEMP"] = temporary };
        var output = _place.Beside("killed");

        using (var app = Start(output, environment, "--pixel-memory", "0"))
        {
            Assert.True(await app.WaitFor("Epoch 2/"));
            await app.Kill();
        }

        Assert.False(File.Exists(Path.Combine(output, "model.zip")));
        Assert.True(OperatingSystem.IsWindows() || Directory.GetFiles(temporary, "pixels", SearchOption.AllDirectories).Length == 0);
        using var resumed = Start(output, environment, "--pixel-memory", "0", "--resume");
        Assert.Equal(0, await resumed.End());
        Assert.Contains(resumed.Lines, line => line.StartsWith("Resumed after epoch ", StringComparison.Ordinal));
        Assert.Equal(await undisturbed.Weights(), await Weights(output));
        Assert.Equal(
            ["classes.safetensors", "metrics.csv", "metrics.json", "model.onnx", "model.zip", "report.html", "run.json",
                "weights.safetensors"],
            NamesIn(output));
        Assert.Empty(Directory.GetFiles(temporary, "pixels", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Train_CtrlC_KeepsTheCheckpointAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        var output = _place.Beside("interrupted");

        using (var app = Start(output))
        {
            Assert.True(await app.WaitFor("Epoch 2/"));
            Assert.Equal(130, await app.Interrupt());
            Assert.Contains("Stopping after this step; press Ctrl+C again to end at once.", app.Lines);
            Assert.Matches(@"^Cancelled\. The same command with --resume continues after epoch [2-9]\.$", app.Lines[^1]);
        }

        Assert.Contains(CheckpointName, NamesIn(output));
        Assert.Empty(NamesIn(output).Except([CheckpointName, PreviousName]));
        using var resumed = Start(output, null, "--resume");
        Assert.Equal(0, await resumed.End());
        Assert.Equal(await undisturbed.Weights(), await Weights(output));
    }

    /// <summary>All images, two at a time: the first epoch takes seconds.</summary>
    [Fact]
    public async Task Train_CtrlCInTheFirstEpoch_WritesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        var output = _place.Beside("interrupted");
        using var app = RunningApp.Start(
            Places.CommandLine,
            ["train", "--data", Path.Combine(
                Places.FashionMnist, "train"), "--arch", "resnet20", "--batch-size", "2", "--device", "cpu", "--out", output]);
        Assert.True(await app.WaitFor("Training resnet20"));

        var exitCode = await app.Interrupt();

        Assert.Equal(130, exitCode);
        Assert.Equal("Cancelled; nothing was written.", app.Lines[^1]);
        Assert.False(Directory.Exists(output));
    }

    /// <summary>A limit on file sizes stands in for a full disk: it needs no rights, and holds for this process alone.</summary>
    [Fact]
    public async Task Train_NoRoomForTheCheckpoint_NamesItAndKeepsTheOneBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux's shell limits file sizes.");
        var output = Directory.CreateDirectory(_place.Beside("full")).FullName;
        var checkpoint = Path.Combine(output, CheckpointName);
        await File.WriteAllTextAsync(checkpoint, "the one before", TestContext.Current.CancellationToken);

        var run = await ShellProcess.WithFileSizeLimit(
            kilobytes: 1024, [Places.CommandLine, .. undisturbed.Arguments(output), "--overwrite"]);

        Assert.Equal(2, run.ExitCode);
        var sentence = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith($"The checkpoint '{checkpoint}' cannot be written: ", sentence, StringComparison.Ordinal);
        Assert.EndsWith("The previous one is intact.", sentence, StringComparison.Ordinal);
        Assert.Equal("the one before", await File.ReadAllTextAsync(checkpoint, TestContext.Current.CancellationToken));
        Assert.Equal([CheckpointName], NamesIn(output));
    }

    /// <summary>Needs the right to mount: root, or a user namespace of one's own.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "FullDisk")]
    public async Task Train_DiskFullAtTheSecondCheckpoint_GoesOnWhenThereIsRoom()
    {
        var disk = Directory.CreateDirectory(_place.Beside("disk")).FullName;
        var output = Path.Combine(disk, "out");
        await ShellProcess.Run("mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", disk);      // one checkpoint of 3.3 MB, not two
        try
        {
            using (var app = Start(output))
            {
                Assert.Equal(2, await app.End());
                Assert.Contains("No space left on device", app.Lines[^1], StringComparison.Ordinal);
            }

            Assert.Equal([CheckpointName], NamesIn(output));
            await ShellProcess.Run("mount", "-o", "remount,size=50m", disk);
            using var resumed = Start(output, null, "--resume");
            Assert.Equal(0, await resumed.End());
            Assert.Contains("Resumed after epoch 1.", resumed.Lines);
            Assert.Equal(await undisturbed.Weights(), await Weights(output));
        }
        finally
        {
            await ShellProcess.Run("umount", disk);
        }
    }

    /// <summary>Kills at random moments, in steps, validation, saving and starting alike, until the training is done.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Kill")]
    public async Task Train_KilledAgainAndAgain_EndsWithTheSameFile()
    {
        var random = new Random(1);
        var output = _place.Beside("killed");
        var kills = 0;

        while (!File.Exists(Path.Combine(output, "weights.safetensors")) || File.Exists(Path.Combine(output, CheckpointName)))
        {
            string[] how = File.Exists(Path.Combine(output, CheckpointName)) ? ["--resume"] : [];
            using var app = Start(output, null, how);
            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(500, 4000)));
            var end = app.End();
            if (await Task.WhenAny(end, Task.Delay(Timeout.Infinite, moment.Token)) != end)
            {
                await app.Kill();
                kills++;
            }
            else
            {
                Assert.True(await end == 0, string.Join(Environment.NewLine, app.Lines));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills"));
        Assert.Equal(await undisturbed.Weights(), await Weights(output));
        Assert.DoesNotContain(NamesIn(output), name => name!.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private RunningApp Start(string output, IReadOnlyDictionary<string, string>? environment = null, params string[] more) =>
        RunningApp.Start(Places.CommandLine, [.. undisturbed.Arguments(output), .. more], environment);

    private static Task<byte[]> Weights(string output) =>
        File.ReadAllBytesAsync(Path.Combine(output, "weights.safetensors"), TestContext.Current.CancellationToken);

    private static IEnumerable<string?> NamesIn(string folder) =>
        Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
