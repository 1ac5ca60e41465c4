using MLVision.Cli.Output;
using Spectre.Console;

namespace Cli.Tests.Output;

public sealed class TerminalTests
{
    /// <summary>Colours that a terminal has not, or that NO_COLOR forbids, are none to the console.</summary>
    [Theory]
    [InlineData(true, ColorSystemSupport.Standard, "\e[31mIt is missing.\e[0m")]
    [InlineData(true, ColorSystemSupport.NoColors, "It is missing.")]
    [InlineData(false, ColorSystemSupport.Standard, "It is missing.")]
    public void InRed_Sentence_IsRedOnlyWhereSomeoneSeesIt(bool isTerminal, ColorSystemSupport colors, string expected)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = colors,
            Out = new TestTerminal(writer, isTerminal, 80),
        });

        Assert.Equal(expected, Terminal.InRed("It is missing.", console));
    }

    [Theory]
    [InlineData(true, "It is missing: look\nelsewhere.")]
    [InlineData(false, "It is missing: look elsewhere.")]
    public void Wrapped_Sentence_EndsLinesBetweenWordsOnATerminal(bool isTerminal, string expected)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new TestTerminal(writer, isTerminal, 20) });
        console.Profile.Width = 20;

        Assert.Equal(expected, Terminal.Wrapped("It is missing: look elsewhere.", console).ReplaceLineEndings("\n"));
    }
}
