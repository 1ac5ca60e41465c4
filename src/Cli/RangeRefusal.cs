using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli;

/// <summary>What the library says of an option out of its range, in the words of the command line.</summary>
/// <remarks>Flags of training say which option they set; the others are named as the options are, but for a unit or a noun.</remarks>
internal static partial class RangeRefusal
{
    /// <summary>What argument exceptions add behind the sentence: the parameter's name, which is the option's, and the value.</summary>
    private const string Behind = " (Parameter '";

    /// <summary>"Epochs must be at least 1." becomes "--epochs is 0; it must be at least 1."</summary>
    /// <param name="parsed">What was given to the command.</param>
    /// <param name="error">What the library says.</param>
    public static string Sentence(ParseResult parsed, OptionOutOfRangeException error)
    {
        var (name, sentence) = (error.ParamName ?? "", Refusal().Match(error.Message));
        var command = parsed.CommandResult.Command;
        return FlagOf(command, name) is { } flag && sentence.Success && sentence.Groups["name"].Value == name
            ? $"{flag.Name} is {Given(parsed, flag, error)}; it {InWordsOf(command, flag, sentence.Groups["rule"].Value)}"
            : WithFlags(command, error.Message.Split(Behind)[0]);
    }

    /// <summary>
    /// A sentence of the library's, in which flags stand for the names of training's options, where those are no words of English.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="sentence">The sentence; what it quotes stays as it is.</param>
    public static string WithFlags(Command command, string sentence) => QuotedOrJoined().Replace(
        sentence, part =>
            TrainingFlags.NameOf(part.Value) is { } flag && command.Options.Any(option => option.Name == flag) ? flag : part.Value);

    private static Option? FlagOf(Command command, string property)
    {
        if ((TrainingFlags.NameOf(property) ?? InKebabCase(property)) is not { } flag)
        {
            return null;
        }

        return command.Options
            .Where(option => flag == option.Name || flag.StartsWith(option.Name + '-', StringComparison.Ordinal))
            .MaxBy(option => option.Name.Length);
    }

    /// <summary>What the flag begins with; null where an option of trainings has none, since another's may begin with its words.</summary>
    private static string? InKebabCase(string property) =>
        TrainingFlags.IsOption(property) ? null : "--" + WordStart().Replace(property, "-").ToLowerInvariant();

    /// <summary>Names of the library's values and options, replaced by the words of the flag and by other flags.</summary>
    private static string InWordsOf(Command command, Option flag, string rule) => Name().Replace(
        rule, name => Choice.WordFor(flag, name.Value) ?? FlagOf(command, name.Value)?.Name ?? name.Value);

    /// <summary>The value as it was written; that of the library where the flag was left to its default.</summary>
    private static string? Given(ParseResult parsed, Option flag, OptionOutOfRangeException error) =>
        parsed.GetResult(flag) is { Tokens: { Count: > 0 } tokens }
            ? string.Join(' ', tokens.Select(token => token.Value))
            : Convert.ToString(error.ActualValue, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<name>\w+) (?<rule>must be [^\r\n]*?)(?= \(Parameter '|\r|\n|$)")]
    private static partial Regex Refusal();

    /// <summary>A word that begins with a capital: in the midst of a sentence, the name of an option or a value.</summary>
    [GeneratedRegex(@"\b[A-Z][A-Za-z]+\b")]
    private static partial Regex Name();

    /// <summary>What stands in quotes, such as a path; or two words or more written as one, as no other names are.</summary>
    [GeneratedRegex(@"'[^']*'|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")]
    private static partial Regex QuotedOrJoined();

    [GeneratedRegex("(?<=.)(?=[A-Z])")]
    private static partial Regex WordStart();
}
