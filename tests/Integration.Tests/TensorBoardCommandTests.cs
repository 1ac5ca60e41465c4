using System.Buffers.Binary;
using System.Text.Json;
using Tensorboard;

namespace Integration.Tests;

/// <summary>The curves that a training writes, and a resumed one goes on with.</summary>
public sealed class TensorBoardCommandTests : IDisposable
{
    private readonly SmallImageFolder _place = new(imagesPerClass: 12, "bag", "coat");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Train_CutOffAndResumed_HasEachEpochOnceWithTheFiguresOfTheMetrics()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        var (output, curves) = (_place.Beside("out"), _place.Beside("curves"));
        using (var app = RunningApp.Start(Places.CommandLine, Arguments(output, curves)))
        {
            Assert.True(await app.WaitFor("Epoch 2/"));
            Assert.Equal(130, await app.Interrupt());
        }

        var other = await AppProcess.Run(Places.CommandLine, Arguments(_place.Beside("other"), curves));
        var resumed = await AppProcess.Run(Places.CommandLine, [.. Arguments(output, curves), "--resume"]);

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("holds the curves of another training", other.Error, StringComparison.Ordinal);
        var events = Read(Assert.Single(Directory.GetFiles(curves))).Where(one => one.Summary is not null).ToList();
        using var metrics = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(output, "metrics.json"), TestContext.Current.CancellationToken));
        var history = metrics.RootElement.GetProperty("epochs").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), events.Select(one => one.Step));
        AssertSame("loss/training", "loss");
        AssertSame("loss/validation", "validationLoss");
        AssertSame("accuracy/training", "accuracy");
        AssertSame("accuracy/validation", "validationAccuracy");
        AssertSame("learning rate", "learningRate");
        AssertSame("images per second", "imagesPerSecond");

        void AssertSame(string tag, string property) => Assert.Equal(
            history.Select(epoch => (float)epoch.GetProperty(property).GetDouble()),
            events.Select(one => one.Summary.Value.Single(value => value.Tag == tag).SimpleValue));
    }

    private string[] Arguments(string output, string curves) =>
    [
        "train", "--data", _place.Data, "--arch", "resnet20", "--image-size", "16", "--batch-size", "2", "--epochs", "8", "--device", "cpu",
        "--out", output, "--tensorboard", curves,
    ];

    /// <summary>Checksums are checked where the file's writer is tested.</summary>
    private static List<Event> Read(string path)
    {
        var events = new List<Event>();
        for (var rest = File.ReadAllBytes(path).AsSpan(); rest.Length > 0;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            events.Add(Event.Parser.ParseFrom(rest.Slice(12, length).ToArray()));
            rest = rest[(16 + length)..];
        }

        return events;
    }
}
