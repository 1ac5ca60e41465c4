using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace MLVision.Cli.Output;

/// <summary>What is said on standard error beside a result.</summary>
internal static class Notes
{
    private static readonly Stopwatch Watch = Stopwatch.StartNew();

    /// <summary>The least that is said.</summary>
    public static LogLevel Least { get; set; } = LogLevel.Information;

    /// <summary>Whether the time since the command began stands before each note, and traces follow errors.</summary>
    public static bool AreTimed { get; set; }

    /// <summary>Whether a bar may move: someone looks, and has not asked for silence.</summary>
    public static bool ShowBars(IAnsiConsole console) => console.Profile.Capabilities.Interactive && Least <= LogLevel.Information;

    /// <summary>Says something, unless silence is asked for.</summary>
    public static void Say(string note)
    {
        if (Least <= LogLevel.Information)
        {
            Write(note);
        }
    }

    /// <summary>Says something; where a bar moves, above it.</summary>
    public static void Write(string note)
    {
        var line = AreTimed ? string.Create(CultureInfo.InvariantCulture, $"{Watch.Elapsed.TotalSeconds,7:0.0} s  {note}") : note;
        if (Terminal.Notes.Profile.Capabilities.Interactive)
        {
            Terminal.Notes.Write(new CleanLines(new Text(line + Environment.NewLine)));
        }
        else
        {
            Terminal.Say(line);     // whole lines: a log is not wrapped at 80 columns
        }
    }
}
