using MLVision.Cli.Output.Tables;

namespace Cli.Tests.Output.Tables;

public class ShortNameTests
{
    [Theory]
    [InlineData("daisy", 5, "daisy")]
    [InlineData("dandelion", 8, "dand…ion")]
    [InlineData("dandelion", 3, "d…n")]
    [InlineData("変種の花", 8, "変種の花")]             // two columns each
    [InlineData("変種の花", 7, "変…の花")]
    [InlineData("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301")]     // a letter and its accent stay together
    [InlineData("a\u001b[2Jb", 10, "a\ufffd[2Jb")]    // a terminal would be cleared
    public void Of_Name_FitsTheColumns(string name, int width, string expected)
    {
        var shortened = ShortName.Of(name, width);

        Assert.Equal(expected, shortened);
        Assert.InRange(ShortName.Width(shortened), 1, width);
    }

    [Fact]
    public void Markup_Brackets_AreNoMarkup() => Assert.Equal("[[red]]", ShortName.Markup("[red]", 5));
}
