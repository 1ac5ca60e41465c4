using System.Globalization;
using System.Text.RegularExpressions;

namespace Integration.Tests;

/// <summary>The samples that train, each in a process of its own, on a few images of theirs.</summary>
public sealed partial class SamplesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>With weights that know photographs, six each of daisies and sunflowers teach more than tossing a coin.</summary>
    [Fact]
    public async Task Quickstart_TwoFlowers_TellsThemApart()
    {
        var data = CopySome(Places.Flowers, train: 6, test: 4, "daisy", "sunflowers");

        var lines = await Run(Places.Quickstart, data);

        Assert.InRange(MicroAccuracy(lines[^1]), 0.75, 1);
        Assert.StartsWith("Right: ", lines[^2], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith(Path.Combine("test", "daisy"), StringComparison.Ordinal));
        AssertWritten("quickstart");
    }

    /// <summary>Fifteen epochs of two steps: enough to tell trousers from boots.</summary>
    [Fact]
    public async Task FromScratch_TwoGarments_LearnsSomething()
    {
        var data = CopySome(Places.FashionMnist, train: 30, test: 10, "trouser", "ankle-boot");

        var lines = await Run(Places.FromScratch, data);

        Assert.InRange(MicroAccuracy(lines[^1]), 0.5, 1);
        AssertWritten("from-scratch");
    }

    /// <summary>A copy of a photograph is the most similar one there is; the second run takes the model of the first.</summary>
    [Fact]
    public async Task Search_CopyOfAPhotograph_IsTheMostSimilar()
    {
        var data = Path.Combine(CopySome(Places.Flowers, train: 4, test: 0, "daisy", "roses", "tulips"), "train");
        var query = Directory.GetFiles(Path.Combine(data, "roses")).Order(StringComparer.Ordinal).First();
        File.Copy(query, Path.Combine(data, "tulips", "copy.jpg"));

        var all = await Run(Places.Search, data);
        var one = await AppProcess.Run(Places.Search, [data, query], folder: _folder.FullName);

        Assert.Contains("Most like roses", string.Join('\n', all), StringComparison.Ordinal);
        var lines = one.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("13 photographs indexed", lines[0], StringComparison.Ordinal);
        Assert.Equal($"  1.000  {Path.Combine("tulips", "copy.jpg")}", lines[2]);
        Assert.Equal(7, lines.Length);
    }

    [Fact]
    public async Task Search_ModelWithoutEmbedding_SaysHowToGetOne()
    {
        var onnx = Path.Combine(_folder.FullName, "plain.onnx");
        var export = await AppProcess.Run(
            Places.CommandLine, ["export", "--arch", "resnet20", "--classes", "2", "--out", onnx], folder: _folder.FullName);
        var image = Directory.GetFiles(Path.Combine(Places.Flowers, "test", "daisy"))[0];

        var run = await AppProcess.Run(Places.Search, [Places.Flowers, image, onnx], folder: _folder.FullName);

        Assert.Equal((0, 2), (export.ExitCode, run.ExitCode));
        Assert.Contains("--outputs embedding", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Every photograph has its credit, and every credit its photograph.</summary>
    [Fact]
    public void Flowers_EveryPhotograph_IsCredited()
    {
        var credits = File.ReadLines(Path.Combine(Places.Flowers, "LICENSE")).Select(line => Credit().Match(line))
            .Where(match => match.Success).Select(match => match.Groups["image"].Value);

        var images = Directory.EnumerateFiles(Places.Flowers, "*.jpg", SearchOption.AllDirectories)
            .Select(image => Path.GetRelativePath(Places.Flowers, image).Replace(Path.DirectorySeparatorChar, '/'));

        Assert.Equal(200, images.Count());
        Assert.Equal(images.Order(StringComparer.Ordinal), credits.Order(StringComparer.Ordinal));
    }

    private async Task<string[]> Run(string sample, string data)
    {
        var run = await AppProcess.Run(sample, [data], folder: _folder.FullName);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    private static double MicroAccuracy(string lastLine)
    {
        var match = LastLine().Match(lastLine);
        Assert.True(match.Success, lastLine);
        return double.Parse(match.Groups["accuracy"].Value, CultureInfo.InvariantCulture);
    }

    private void AssertWritten(string name) => Assert.All(
        ["model.zip", "model.onnx"], file => Assert.True(File.Exists(Path.Combine(_folder.FullName, "artifacts", name, file))));

    private string CopySome(string source, int train, int test, params string[] labels)
    {
        var data = _folder.CreateSubdirectory("data").FullName;
        foreach (var (part, images) in new[] { ("train", train), ("test", test) })
        {
            foreach (var label in labels)
            {
                var target = Directory.CreateDirectory(Path.Combine(data, part, label)).FullName;
                foreach (var image in Directory.GetFiles(Path.Combine(source, part, label)).Order(StringComparer.Ordinal).Take(images))
                {
                    File.Copy(image, Path.Combine(target, Path.GetFileName(image)));
                }
            }
        }

        return data;
    }

    [GeneratedRegex(@"^micro-accuracy: (?<accuracy>[01]\.\d{4})$")]
    private static partial Regex LastLine();

    [GeneratedRegex(@"^(?<image>(train|test)/\S+\.jpg) CC[ -]BY")]
    private static partial Regex Credit();
}
