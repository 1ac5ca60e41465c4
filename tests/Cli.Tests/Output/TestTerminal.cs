using System.Text;
using Spectre.Console;

namespace Cli.Tests.Output;

/// <summary>A console that writes to a text: one that someone looks at, or a pipe.</summary>
internal sealed class TestTerminal(TextWriter writer, bool isTerminal, int width) : IAnsiConsoleOutput
{
    public TextWriter Writer => writer;

    public bool IsTerminal => isTerminal;

    public int Width => width;

    public int Height => 24;

    public void SetEncoding(Encoding encoding)
    {
    }

    /// <summary>What is written, by lines without trailing spaces, empty ones left out.</summary>
    public static List<string> Lines(bool isTerminal, int width, Action<IAnsiConsole> write)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new TestTerminal(writer, isTerminal, width) });
        (console.Profile.Width, console.Profile.Capabilities.Unicode) = (width, true);
        write(console);
        return [.. writer.ToString().Split(writer.NewLine).Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }
}
