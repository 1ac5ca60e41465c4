using MLVision.Cli.Output.Tables;

namespace Cli.Tests.Output.Tables;

/// <summary>One table for eyes and for programs.</summary>
public sealed class ResultTableTests
{
    private static readonly ResultTable Table = new ResultTable().Text("image").Figure("share")
        .Add("a [red].jpg", "0.5").Add(string.Concat(Enumerable.Repeat("long", 40)) + ".jpg", "12.25");

    [Fact]
    public void Write_IntoAPipe_IsSeparatedByTabsAndWhole() => Assert.Equal(
        ["title", "image\tshare", "a [red].jpg\t0.5", string.Concat(Enumerable.Repeat("long", 40)) + ".jpg\t12.25"],
        TestTerminal.Lines(isTerminal: false, width: 40, console => Table.Write(console, "title")));

    [Fact]
    public void Write_OnATerminal_IsNoWiderAndKeepsEveryRowOnALine()
    {
        var lines = TestTerminal.Lines(isTerminal: true, width: 40, console => Table.Write(console));

        Assert.Equal(6, lines.Count);       // three of the frame, the names, two rows
        Assert.All(lines, line => Assert.Equal(40, line.Length));
        Assert.Contains(lines, line => line.Contains("a [red].jpg", StringComparison.Ordinal));
        Assert.EndsWith("12.25 │", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TabInACell_StaysOneCell() => Assert.Equal(
        ["a b"],
        TestTerminal.Lines(isTerminal: false, width: 40, console => new ResultTable().Text("").Add("a\tb").Write(console)));
}
