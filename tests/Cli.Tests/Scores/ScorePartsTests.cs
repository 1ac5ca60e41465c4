using MLVision.Cli.Scores;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Scores;

public sealed class ScorePartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("score-parts-").FullName;

    private string Output => Path.Combine(_folder, "labels.csv");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Merge_AllParts_JoinsThemUnderOneHeader()
    {
        AddPart(1, "3\n");
        AddPart(0, "1\n2\n");
        AddPart(2, "");

        var count = ScoreParts.Merge(Output, overwrite: false, Cancellation);

        Assert.Equal(3, count);
        Assert.Equal("\"a\nb\"\n1\n2\n3\n", File.ReadAllText(Output));
        Assert.Null(ScoreRun.Read(Output)!.Shard);
    }

    [Fact]
    public void Merge_PartMissing_NamesIt()
    {
        AddPart(0, "1\n");
        AddPart(2, "3\n");

        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.Equal(
            $"The part '{Path.Combine(_folder, "labels-00001-of-00003.csv")}' is missing: run 'mlvision score' with --shard 1/3 again.",
            error.Message);
    }

    [Fact]
    public void Merge_PartUnfinished_SaysSo()
    {
        AddPart(0, "1\n");
        AddPart(2, "3\n");
        File.WriteAllText(Path.Combine(_folder, "labels-00001-of-00003.csv.partial"), "x");

        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.Contains("is not finished: run 'mlvision score' with --shard 1/3 again.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cc", "bb", "is of another model than")]
    [InlineData("aa", "cc", "is of other data than")]
    public void Merge_PartsOfTwoRuns_AreRefused(string model, string data, string part)
    {
        AddPart(0, "1\n");
        AddPart(1, "2\n", model: model, data: data);
        AddPart(2, "3\n");

        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.StartsWith("The parts are of two runs: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void Merge_PartsOfTwoCounts_AreRefused()
    {
        AddPart(0, "1\n");
        AddPart(0, "1\n", count: 8);

        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.Equal($"There are parts of 3 and of 8 shards of '{Output}': remove those of one run.", error.Message);
    }

    [Fact]
    public void Merge_ChangedPart_IsRefused()
    {
        AddPart(0, "1\n");
        AddPart(1, "2\n");
        AddPart(2, "3\n");
        File.AppendAllText(Path.Combine(_folder, "labels-00002-of-00003.csv"), "4\n");

        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.Contains("labels-00002-of-00003.csv' was changed since it was written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_NoParts_SaysWhatTheyAreCalled()
    {
        var error = Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.EndsWith("labels-00000-of-00004.csv'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_Twice_IsTheSame()
    {
        AddPart(0, "1\n", count: 1);
        ScoreParts.Merge(Output, overwrite: false, Cancellation);

        var count = ScoreParts.Merge(Output, overwrite: false, Cancellation);

        Assert.Equal(1, count);
        Assert.Equal("\"a\nb\"\n1\n", File.ReadAllText(Output));
    }

    [Fact]
    public void Merge_OutputThatExists_IsKept()
    {
        AddPart(0, "1\n", count: 1);
        File.WriteAllText(Output, "mine");

        Assert.Throws<ImageClassificationException>(() => ScoreParts.Merge(Output, overwrite: false, Cancellation));

        Assert.Equal("mine", File.ReadAllText(Output));
        ScoreParts.Merge(Output, overwrite: true, Cancellation);
        Assert.Equal("\"a\nb\"\n1\n", File.ReadAllText(Output));
    }

    private void AddPart(int index, string rows, int count = 3, string model = "aa", string data = "bb")
    {
        var shard = new Shard(index, count);
        var path = shard.FileOf(Output);
        File.WriteAllText(path, "\"a\nb\"\n" + rows);
        new ScoreRun
        {
            Version = "1",
            Model = "m",
            ModelHash = model,
            Data = "d",
            DataHash = data,
            Rows = 3,
            Shard = shard.ToString(),
            Fast = false,
            IgnoreOrientation = false,
            Device = "cpu",
            Bytes = new FileInfo(path).Length,
        }.Write(path);
    }
}
