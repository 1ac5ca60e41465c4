using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using MLVision.Cli.Options;

namespace MLVision.Cli;

/// <summary>What the library says of an option out of its range, in the words of the command line.</summary>
/// <remarks>Flags of training say which option they set; the others are named as the options are, but for a unit or a noun.</remarks>
internal static partial class RangeRefusal
{
    /// <summary>"Epochs must be at least 1." becomes "--epochs is 0; it must be at least 1."</summary>
    /// <param name="parsed">What was given to the command.</param>
    /// <param name="error">What the library says.</param>
    public static string Sentence(ParseResult parsed, ArgumentOutOfRangeException error)
    {
        var (name, sentence) = (error.ParamName ?? "", Refusal().Match(error.Message));
        return FlagOf(parsed.CommandResult.Command, name) is { } flag && sentence.Success && sentence.Groups["name"].Value == name
            ? $"{flag.Name} is {Given(parsed, flag, error)}; it {sentence.Groups["rule"].Value}"
            : error.Message;
    }

    private static Option? FlagOf(Command command, string property)
    {
        var flag = TrainingFlags.NameOf(property) ?? "--" + WordStart().Replace(property, "-").ToLowerInvariant();
        return command.Options
            .Where(option => flag == option.Name || flag.StartsWith(option.Name + '-', StringComparison.Ordinal))
            .MaxBy(option => option.Name.Length);
    }

    /// <summary>The value as it was written; that of the library where the flag was left to its default.</summary>
    private static string? Given(ParseResult parsed, Option flag, ArgumentOutOfRangeException error) =>
        parsed.GetResult(flag) is { Tokens: { Count: > 0 } tokens }
            ? string.Join(' ', tokens.Select(token => token.Value))
            : Convert.ToString(error.ActualValue, CultureInfo.InvariantCulture);

    /// <summary>Our own sentences, and those of .NET, which repeat the value.</summary>
    [GeneratedRegex(@"^(?<name>\w+)( \('[^']*'\))? (?<rule>must be .*)")]
    private static partial Regex Refusal();

    [GeneratedRegex("(?<=.)(?=[A-Z])")]
    private static partial Regex WordStart();
}
