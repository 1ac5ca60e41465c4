using System.Text;
using MLVision.Cli.Scores;

namespace Cli.Tests.Scores;

public class WholeRowsTests
{
    [Theory]
    [InlineData("a\n\"b\n\"\"c\"\nd", true, "a\n", "\"b\n\"\"c\"\n")]
    [InlineData("a\n\"b\nc\"\nd", false, "a\n", "\"b\n", "c\"\n")]
    [InlineData("\"a\n", true)]
    [InlineData("", true)]
    public void Of_TextThatIsCut_GivesWhatIsWhole(string text, bool areQuoted, params string[] rows)
    {
        var found = Rows(text, areQuoted);

        Assert.Equal(rows, found.Select(row => row.Text));
        Assert.Equal(found.Count == 0 ? 0 : rows.Sum(row => row.Length), found.LastOrDefault().End);
    }

    /// <summary>Rows that are longer than what is read at once, and one behind them.</summary>
    [Fact]
    public void Of_LongRows_AreWhole()
    {
        var (first, second) = (new string('x', 3 << 20) + "\n", new string('y', 5 << 20) + "\n");

        var found = Rows($"{first}{second}z\n", areQuoted: true);

        Assert.Equal([first.Length, second.Length, 2], found.Select(row => row.Text.Length));
        Assert.Equal("z\n", found[^1].Text);
        Assert.Equal(first.Length + second.Length + 2, found[^1].End);
    }

    private static List<(string Text, long End)> Rows(string text, bool areQuoted)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. WholeRows.Of(stream, areQuoted).Select(row => (Encoding.UTF8.GetString(row.Row.Span), row.End))];
    }
}
