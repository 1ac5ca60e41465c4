using System.Text.Encodings.Web;
using System.Text.Json;
using MLVision.Cli.Output.Tables;
using MLVision.Cli.Output.Visible;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using Spectre.Console;

namespace MLVision.Cli.Output;

/// <summary>The two streams: results on standard output, everything else on standard error.</summary>
/// <remarks>
/// All that is written goes through here, so that what a model, a file or a folder's name says cannot command the terminal: control
/// characters are shown. Where a program reads results, it gets them as they are.
/// </remarks>
internal static class Terminal
{
    /// <summary>Exit code for wrong input.</summary>
    public const int BadInput = 2;

    /// <summary>Exit code for a mistake in the program: EX_SOFTWARE of BSD's sysexits.h.</summary>
    public const int ProgramFault = 70;

    /// <summary>Exit code after Ctrl+C, as in shells.</summary>
    public const int Cancelled = 130;

    /// <summary>How results are written as JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where results go.</summary>
    public static IAnsiConsole Output { get; } = Visible(AnsiConsole.Console);

    /// <summary>Where progress and notes go.</summary>
    public static IAnsiConsole Notes { get; } = Visible(
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <summary>Prints a result as JSON.</summary>
    /// <exception cref="ImageClassificationException">The result has a number that JSON does not know.</exception>
    public static void WriteJson<T>(T result)
    {
        string text;
        try
        {
            text = JsonSerializer.Serialize(result, Json);
        }
        catch (ArgumentException e)
        {
            throw new ImageClassificationException(
                "A value of the result is NaN or infinite, which JSON cannot express; run without --json to see it.", e);
        }

        Console.Out.WriteLine(text);
    }

    /// <summary>Prints a line of a result.</summary>
    public static void Print(string line) => Console.Out.WriteLine(Console.IsOutputRedirected ? line : VisibleText.Of(line));

    /// <summary>Says something beside a result.</summary>
    public static void Say(string sentence) => Console.Error.WriteLine(VisibleText.Of(sentence));

    /// <summary>Says in one sentence why the command stops, and returns the exit code.</summary>
    public static int Refuse(string message, int exitCode = BadInput)
    {
        Console.Error.WriteLine(InRed(Wrapped(VisibleText.Of(message.Split('\n')[0].TrimEnd()), Notes), Notes));
        return exitCode;
    }

    /// <summary>Shows the cursor again, where something may have hidden it.</summary>
    public static void ShowCursor()
    {
        if (Notes.Profile is { Out.IsTerminal: true, Capabilities.Ansi: true })
        {
            Console.Error.Write("\e[?25h");
        }
    }

    /// <summary>A text whose lines end between words on a terminal; elsewhere, it is one line.</summary>
    internal static string Wrapped(string text, IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            return text;
        }

        using var lines = new StringWriter();
        WrappedText.WriteLine(lines, text, console.Profile.Width);
        return lines.ToString().TrimEnd();
    }

    /// <summary>A text in red where there are colours: on a terminal, unless the environment has NO_COLOR (no-color.org).</summary>
    internal static string InRed(string text, IAnsiConsole console)
    {
        const string Red = "\e[31m";
        const string Usual = "\e[0m";
        var hasColors = console.Profile.Out.IsTerminal
            && console.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };
        return hasColors ? $"{Red}{text}{Usual}" : text;
    }

    /// <summary>Lists images that were left out.</summary>
    public static void ListSkipped(IEnumerable<SkippedImage> skipped)
    {
        foreach (var image in skipped)
        {
            Say($"Skipped {image.Image}: {image.Reason}");
        }
    }

    private static IAnsiConsole Visible(IAnsiConsole console)
    {
        console.Pipeline.Attach(new VisibleSegments());
        return console;
    }
}
