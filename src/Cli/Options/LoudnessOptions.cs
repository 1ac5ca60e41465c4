using System.CommandLine;
using Microsoft.Extensions.Logging;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Options;

/// <summary>The options of all commands that say how much goes to standard error beside results.</summary>
internal static class LoudnessOptions
{
    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Say nothing but results, warnings and errors.",
        Recursive = true,
    };

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Put the time before each note, and say where an error arose.",
        Recursive = true,
    };

    /// <summary>The options.</summary>
    public static IReadOnlyList<Option> All { get; } = [Quiet, Verbose];

    /// <summary>Follows them.</summary>
    /// <exception cref="ImageClassificationException">Both are given.</exception>
    public static void Apply(ParseResult parsed)
    {
        var (quiet, verbose) = (parsed.GetValue(Quiet), parsed.GetValue(Verbose));
        if (quiet && verbose)
        {
            throw new ImageClassificationException("--quiet and --verbose are opposites: give one of them.");
        }

        (Notes.Least, Notes.AreTimed) = (quiet ? LogLevel.Warning : LogLevel.Information, verbose);
    }
}
