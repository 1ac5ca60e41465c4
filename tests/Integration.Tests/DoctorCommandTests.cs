using System.Text.Json;

namespace Integration.Tests;

/// <summary><c>mlvision doctor</c> in a process of its own, on photographs of the samples.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Out => Path.Combine(_folder.FullName, "out");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Doctor_PlantedFaults_AreInAllOutputs()
    {
        CopyFlowers("train", each: 8);
        var (daisy, rose) = (Files("daisy")[0], Files("roses")[0]);
        File.Copy(daisy, Path.Combine(Data, "daisy", "copy.jpg"));
        var wrong = Path.Combine(Data, "roses", "sunflower.jpg");
        File.Copy(Directory.GetFiles(Path.Combine(Places.Flowers, "test", "sunflowers")).Order(StringComparer.Ordinal).First(), wrong);
        await File.WriteAllBytesAsync(
            Path.Combine(Data, "roses", "cut.jpg"), (await File.ReadAllBytesAsync(rose, Token))[..2000], Token);
        Directory.CreateDirectory(Path.Combine(Data, "<b>one"));
        File.Copy(Files("tulips")[0], Path.Combine(Data, "<b>one", "tulip.jpg"));

        var run = await Run("--data", Data, "--out", Out, "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(27 + 1, json.RootElement.GetProperty("images").GetInt32());
        var findings = json.RootElement.GetProperty("findings").EnumerateArray().Select(Row.Of).ToList();
        Assert.Contains(findings, row => row is { Finding: "exact-duplicate", Image: "copy.jpg" });
        Assert.Contains(
            findings, row => row is { Finding: "unreadable", Image: "cut.jpg", Suggestion: "the file ends before the image does." });
        Assert.Contains(findings, row => row is { Finding: "two-labels", Image: "tulip.jpg", Label: "<b>one" });
        Assert.Contains("<b>one", json.RootElement.GetProperty("notes").ToString(), StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Out, "findings.csv"), Token);
        Assert.Equal("image,label,finding,score,suggestion", lines[0]);
        Assert.Equal(findings.Count + 1, lines.Length);
        var page = await File.ReadAllTextAsync(Path.Combine(Out, "doctor.html"), Token);
        Assert.Contains("id=\"exact-duplicate\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>one", page, StringComparison.Ordinal);
        Assert.Equal(["doctor.html", "findings.csv"], Directory.GetFiles(Out).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public async Task Doctor_SplitFolders_FindsTheLeak()
    {
        Copy(Directory.GetFiles(Path.Combine(Places.Flowers, "train", "daisy"))[..3], Path.Combine(Data, "train", "daisy"));
        Copy(Directory.GetFiles(Path.Combine(Places.Flowers, "test", "daisy"))[..2], Path.Combine(Data, "test", "daisy"));
        File.Copy(Files(Path.Combine("train", "daisy"))[0], Path.Combine(Data, "test", "daisy", "leak.jpg"));

        var run = await Run("--data", Data, "--out", Out);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("6 images", run.Output, StringComparison.Ordinal);
        Assert.Contains("leak", run.Output, StringComparison.Ordinal);
        Assert.Contains("Wrong labels were not looked for", run.Output, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Out, "findings.csv"), Token);
        Assert.Equal(2, lines.Count(line => line.Contains(",leak,1,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_EmptyFolder_IsRefused()
    {
        Directory.CreateDirectory(Data);

        var run = await Run("--data", Data, "--out", Out);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("holds no images", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public async Task Doctor_OutputAmongImages_IsRefused()
    {
        CopyFlowers("test", each: 1);

        var run = await Run("--data", Data, "--out", Path.Combine(Data, "out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("would lie in the folder of images", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "out")));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<(int ExitCode, string Output, string Error)> Run(params string[] arguments) =>
        AppProcess.Run(Places.CommandLine, ["doctor", .. arguments], folder: _folder.FullName);

    private List<string> Files(string label) => [.. Directory.GetFiles(Path.Combine(Data, label)).Order(StringComparer.Ordinal)];

    private void CopyFlowers(string part, int each)
    {
        foreach (var label in new[] { "daisy", "roses", "tulips" })
        {
            var files = Directory.GetFiles(Path.Combine(Places.Flowers, part, label)).Order(StringComparer.Ordinal);
            Copy(files.Take(each), Path.Combine(Data, label));
        }
    }

    private static void Copy(IEnumerable<string> files, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private sealed record Row(string Image, string Label, string Finding, string Suggestion)
    {
        public static Row Of(JsonElement finding) => new(
            Path.GetFileName(Text(finding, "image")), Text(finding, "label"), Text(finding, "finding"), Text(finding, "suggestion"));

        private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;
    }
}
