using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions.Scoring.Results;

namespace Cli.Tests.Output;

public class ConfusionReportTests
{
    [Fact]
    public void Write_TableThatFits_ShowsAllOfIt()
    {
        var text = Write(["rose", "tulip", "[b]"], [(0, 0), (0, 1), (1, 1), (2, 0)], width: 80);

        Assert.Contains("│ rose  │    1 │     1 │   0 │", text);
        Assert.Contains("│ tulip │    0 │     1 │   0 │", text);
        Assert.Contains("│ [b]   │    1 │     0 │   0 │", text);
    }

    /// <summary>On one line the headings take 1 + 4 + 3 · (3 + 17) columns and those of the rows, in words 7 each.</summary>
    [Fact]
    public void Write_HeadingsTooWide_StandAWordALine()
    {
        string[] labels = ["variety number 01", "variety number 02", "variety number 03", "variety number 04"];

        var text = Write(labels, [(0, 0), (1, 2), (3, 3)], width: 80);

        Assert.Contains(text, line => line.Contains("variety │ variety │ variety │ variety", StringComparison.Ordinal));
        Assert.Contains("│ variety number 02 │       0 │       0 │       1 │       0 │", text);
    }

    /// <summary>Ten words of seven letters take 1 + 10 + 10 · 10 columns, ten numbers 1 + 13 + 10 · 5.</summary>
    [Fact]
    public void Write_NamesTooWideInAnyWay_GiveWayToNumbers()
    {
        string[] labels = [.. "abcdefghij".Select(c => new string(c, 7))];

        var text = Write(labels, [(0, 0), (1, 9)], width: 80);

        Assert.Contains("│            │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │ 8 │ 9 │ 10 │", text);
        Assert.Contains("│ 2 bbbbbbb  │ 0 │ 0 │ 0 │ 0 │ 0 │ 0 │ 0 │ 0 │ 0 │  1 │", text);
    }

    [Theory]
    [InlineData(25, 80)]
    [InlineData(300, 80)]
    [InlineData(300, 200)]
    [InlineData(10, 60)]
    public void Write_TableThatDoesNotFit_ShowsWhatStandsOut(int classes, int width)
    {
        var labels = Enumerable.Range(0, classes).Select(i => $"variety number {i:000}").ToArray();
        // Class 7 is taken for class 3 three times of four, and class 2 for class 1 once of two; the others are right.
        (int, int)[] rest = [.. Enumerable.Range(0, classes).Where(i => i is not (7 or 2)).Select(i => (i, i))];

        var text = Write(labels, [(7, 3), (7, 3), (7, 3), (7, 7), (2, 1), (2, 2), .. rest], width);

        Assert.StartsWith($"A table of {classes} classes does not fit", text[0], StringComparison.Ordinal);
        var rows = text.Where(line => line.StartsWith('│') && line.Contains("0.", StringComparison.Ordinal)).Select(Cells).Take(4).ToList();
        Assert.Equal(
            [
                ["007", "003", "3", "0.75"], ["002", "001", "1", "0.50"], ["007", "4", "0.25", "1.00", "0.40"],
                ["002", "2", "0.50", "1.00", "0.67"],
            ],
            rows);
    }

    [Fact]
    public void Write_NothingConfused_SaysSo()
    {
        var labels = Enumerable.Range(0, 100).Select(i => $"class {i}").ToArray();

        var text = Write(labels, [(0, 0), (5, 5)], width: 80);

        Assert.Equal("Every image is classified correctly.", text[^1]);
    }

    [Fact]
    public void Write_LongNames_KeepTheirEnds()
    {
        var text = Write([$"first {new string('x', 100)} one", $"second {new string('x', 100)} two"], [(0, 1)], width: 80);

        Assert.All(text, line => Assert.InRange(ShortName.Width(line), 0, 80));
        Assert.Contains(text, line => line.Contains("first", StringComparison.Ordinal) && line.Contains("one", StringComparison.Ordinal));
    }

    /// <summary>A row's cells, names by their last word.</summary>
    private static string[] Cells(string row) =>
        [.. row.Split('│', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(cell => cell.Split(' ', '…')[^1])];

    private static List<string> Write(string[] labels, (int True, int Predicted)[] images, int width)
    {
        var scored = images.Select(image =>
        {
            var scores = new float[labels.Length];
            scores[image.Predicted] = 1;
            return (image.True, (IReadOnlyList<float>)scores);
        }).ToList();
        var metrics = ImageClassificationMetrics.Of(labels, scored, [], seconds: 1);
        return TestTerminal.Lines(isTerminal: true, width, console => ConfusionReport.Write(console, metrics, ""));
    }
}
