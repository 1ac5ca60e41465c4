using MLVision.Cli.Scores;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring.Results;

namespace Cli.Tests.Scores;

public sealed class ScorePartTests : IDisposable
{
    private static readonly string[] Labels = ["a", "b"];
    private static readonly InputImage[] Images = [Image("1.jpg"), Image("two\n\"2\".jpg"), Image("3.jpg")];

    private readonly string _folder = Directory.CreateTempSubdirectory("score-part-").FullName;
    private readonly ScoreRun _run = new()
    {
        Version = "1",
        Model = "m",
        ModelHash = "aa",
        Data = "d",
        DataHash = "bb",
        Rows = 3,
        Fast = false,
        IgnoreOrientation = false,
        Device = "cpu",
    };

    private string Output => Path.Combine(_folder, "labels.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Wherever the file was cut, the finished one has the same bytes.</summary>
    [Theory]
    [InlineData("labels.csv")]
    [InlineData("labels.jsonl")]
    public async Task Open_FileCutAnywhere_GoesOnToTheSameBytes(string name)
    {
        var path = Path.Combine(_folder, name);
        Write(path, _run);
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        for (var length = 0; length <= whole.Length; length++)
        {
            File.Delete(path);
            await File.WriteAllBytesAsync(ScorePart.PartialOf(path), whole[..length], TestContext.Current.CancellationToken);
            Write(path, _run);
            Assert.Equal(whole, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
            Assert.False(File.Exists(ScorePart.PartialOf(path)));
        }
    }

    /// <summary>As a power failure may leave it: the file is as long as it was, and holds zeros.</summary>
    [Fact]
    public void Open_RowsThatAreNotThose_AreCutOff()
    {
        Write(Output, _run);
        var whole = File.ReadAllText(Output);
        File.Delete(Output);
        File.WriteAllText(ScorePart.PartialOf(Output), whole.Replace("3.jpg", "\0.jpg", StringComparison.Ordinal));

        using var part = Open(_run);

        Assert.Equal(2, part.Rows);
    }

    [Fact]
    public void Open_OtherModel_IsRefused()
    {
        Begin();

        var error = Assert.Throws<ImageClassificationException>(() => Open(_run with { ModelHash = "cc" }));

        Assert.Equal(
            $"The unfinished '{ScorePart.PartialOf(Output)}' holds rows of another model: choose another file by --out, or begin anew by "
            + "--overwrite.",
            error.Message);
    }

    [Fact]
    public void Open_OtherModelToOverwrite_BeginsAnew()
    {
        Begin();

        using var part = Open(_run with { ModelHash = "cc" }, overwrite: true);

        Assert.Equal(0, part.Rows);
    }

    [Fact]
    public void Open_WhileAnotherWrites_IsRefused()
    {
        using var first = Open(_run);

        var error = Assert.Throws<ImageClassificationException>(() => Open(_run));

        Assert.Contains("Another process writes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsWhole_FinishedFile_IsKept()
    {
        Assert.False(ScorePart.IsWhole(Output, _run));

        Write(Output, _run);

        Assert.True(ScorePart.IsWhole(Output, _run));
    }

    [Fact]
    public void IsWhole_OfOtherDataOrChanged_IsRefused()
    {
        Write(Output, _run);

        var other = Assert.Throws<ImageClassificationException>(() => ScorePart.IsWhole(Output, _run with { DataHash = "cc" }));
        File.AppendAllText(Output, "x");
        var changed = Assert.Throws<ImageClassificationException>(() => ScorePart.IsWhole(Output, _run));

        Assert.Contains("holds rows of other data", other.Message, StringComparison.Ordinal);
        Assert.Contains("was changed since it was written", changed.Message, StringComparison.Ordinal);
    }

    private static InputImage Image(string name) => new(name, "/" + name, []);

    private void Begin()
    {
        using var part = Open(_run);
        part.Add(Row(Images[0], Output));
    }

    private static string Row(InputImage image, string path) =>
        ScoreLines.For(path, Labels, []).Of(image, new ImagePrediction(image.Path, Labels, [0.5f, 0.5f]));

    private ScorePart Open(ScoreRun run, bool overwrite = false) =>
        ScorePart.Open(Output, run, ScoreLines.For(Output, Labels, []), Images, overwrite);

    private static void Write(string path, ScoreRun run)
    {
        using var part = ScorePart.Open(path, run, ScoreLines.For(path, Labels, []), Images, overwrite: false);
        foreach (var image in Images.Skip(part.Rows))
        {
            part.Add(Row(image, path));
        }

        part.Complete();
    }
}
