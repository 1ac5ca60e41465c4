using MLVision.Cli.Output.Visible;
using Spectre.Console;

namespace Cli.Tests.Output.Visible;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("Rosé 'tulip' – 百合", "Rosé 'tulip' – 百合")]
    [InlineData("\u001b[2J\u001b[31mred", @"\x1b[2J\x1b[31mred")]
    [InlineData("a\rb\bc\u007fd", @"a\x0db\x08c\x7fd")]
    [InlineData("\u009b31m", @"\x9b31m")]
    [InlineData("a\tb", "a b")]
    [InlineData("a\nb", @"a\x0ab")]
    public void Of_ControlCharacters_AreShown(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Of_SeveralLines_KeepsThemAndNothingElse() =>
        Assert.Equal("a\nb" + @"\x1bc", VisibleText.Of("a\nb\u001bc", keepsLines: true));

    /// <summary>Spectre writes its own codes, here for red; those of the text are shown, wherever it stands.</summary>
    [Fact]
    public void Process_TextWithCodesOnAColouredConsole_ShowsThemAndKeepsSpectresOwn()
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = 80;
        console.Pipeline.Attach(new VisibleSegments());

        console.Write(new Text("\u001b[2Jrose", new Style(Color.Maroon)));
        console.WriteLine();
        console.Write(new Rows(new Text("rose"), new Markup("[red]\u0007bell \u009b2J[/]")));

        var text = written.ToString();
        Assert.Contains("\u001b[31m" + @"\x1b[2Jrose", text, StringComparison.Ordinal);
        Assert.Contains(@"\x07bell", text, StringComparison.Ordinal);
        Assert.Contains(@"\x9b2J", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain('\u009b', text);
    }
}
