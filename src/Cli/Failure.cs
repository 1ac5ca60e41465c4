using System.CommandLine;
using MLVision.Cli.Options;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Visible;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;

namespace MLVision.Cli;

/// <summary>What is said of a command that failed, and its exit code.</summary>
/// <remarks>
/// What the libraries throw for a caller to mend, what the system says of files, and the faults of devices are the user's to mend. Anything
/// else is a mistake in the program, and is not passed off as one of the user's.
/// </remarks>
internal static class Failure
{
    /// <summary>The environment variable that asks for stack traces, by any value but 0.</summary>
    public const string TraceVariable = "MLVISION_TRACE";

    /// <summary>Says in one sentence on standard error why the command ended, and returns the exit code.</summary>
    /// <param name="parsed">What was given to the command.</param>
    /// <param name="error">Why it ended.</param>
    public static int Report(ParseResult parsed, Exception error)
    {
        error = ToTell(error);
        var exitCode = error switch
        {
            OperationCanceledException => Terminal.Refuse("Cancelled; nothing was written.", Terminal.Cancelled),
            OptionOutOfRangeException option => Terminal.Refuse(RangeRefusal.Sentence(parsed, option)),
            UnknownArchitectureException unknown => Terminal.Refuse(
                $"Unknown architecture '{unknown.Name}'{Suggestion.Of(unknown.Name, unknown.Known)} 'mlvision models' lists them all."),
            _ when IsOfTheProgram(error) => Terminal.Refuse(
                "A part of mlvision is missing or damaged, or not made for this system: install it again.", Terminal.ProgramFault),
            ImageClassificationException or IOException or UnauthorizedAccessException =>
                Terminal.Refuse(RangeRefusal.WithFlags(parsed.CommandResult.Command, error.Message)),
            _ => NativeFault.Sentence(error) is { } sentence
                ? Terminal.Refuse(sentence) : Terminal.Refuse(FaultOfTheProgram(error), Terminal.ProgramFault),
        };
        if (Notes.AreTimed || Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } and not "0")
        {
            Console.Error.WriteLine(VisibleText.Of(error.ToString(), keepsLines: true));
        }

        return exitCode;
    }

    /// <summary>The first of what several threads threw, and what our libraries say even if ML.NET has wrapped it.</summary>
    private static Exception ToTell(Exception error)
    {
        error = error is AggregateException several && several.Flatten().InnerExceptions is [var first, ..] ? first : error;
        var causes = Causes(error).ToList();
        return causes.Find(cause => cause is ImageClassificationException)
            ?? causes.Find(cause => cause is IOException or UnauthorizedAccessException)
            ?? causes.First(cause => cause is not TypeInitializationException || cause.InnerException is null);
    }

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    /// <summary>Whether what is missing or damaged is a part of the program, which the system reports as it does any file.</summary>
    private static bool IsOfTheProgram(Exception error) =>
        (error as FileNotFoundException)?.FileName?.Contains(", Version=", StringComparison.Ordinal)
        ?? error is FileLoadException or BadImageFormatException;

    private static string FaultOfTheProgram(Exception error) =>
        $"mlvision failed because of an error of its own: {error.Message.Split('\n', '(')[0].TrimEnd('.', '\r', ' ')}; "
        + $"{TraceVariable}=1 in the environment shows where, please report it.";
}
