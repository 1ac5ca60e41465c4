using System.CommandLine;
using System.CommandLine.Parsing;
using MLVision.Cli.Options;

namespace MLVision.Cli;

/// <summary>What is wrong with a command line, and the word that a mistyped one may stand for.</summary>
internal static class ParseMistake
{
    /// <summary>A sentence; null where nothing is wrong.</summary>
    public static string? Sentence(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Concat(OptionsTakenForArguments(parsed)).FirstOrDefault();
        return unknown is not null ? OfUnknown(command, unknown)
            : parsed.Errors.Count > 0 ? OfNumber(parsed) ?? parsed.Errors[0].Message
            : EmptyValue(parsed);
    }

    /// <summary>What a list of arguments swallows, though it looks like an option and no file is called so.</summary>
    private static IEnumerable<string> OptionsTakenForArguments(ParseResult parsed) => parsed.CommandResult.Children
        .OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
        .Select(token => token.Value)
        .Where(value => value is ['-', _, ..] && !File.Exists(value));

    /// <summary>What is missing, or given too often; null where nothing is.</summary>
    private static string? OfNumber(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var given in parsed.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit))
        {
            if (given.Tokens.Count < given.Option.Arity.MinimumNumberOfValues)
            {
                return $"{given.Option.Name} is given without a value: {InSentence(given.Option.Description)}";
            }

            if (given.IdentifierTokenCount > 1 && given.Tokens.Count > given.Option.Arity.MaximumNumberOfValues)
            {
                return $"{given.Option.Name} is given {given.IdentifierTokenCount} times: give it once.";
            }
        }

        return command.Options.FirstOrDefault(option => option.Required && parsed.GetResult(option) is null or { Implicit: true })
            is { Required: true } missing ? $"'{command.Name}' needs {missing.Name}: {InSentence(missing.Description)}"
            : command.Arguments.FirstOrDefault(
                argument => (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues)
                is { } wanted ? $"'{command.Name}' needs <{wanted.Name}>: {InSentence(wanted.Description)}"
            : null;
    }

    /// <summary>A description behind a colon.</summary>
    private static string InSentence(string? description) =>
        description is [var first, var second, ..] && (char.IsLower(second) || second == ' ')
            ? char.ToLowerInvariant(first) + description[1..] : description ?? "";

    private static string OfUnknown(Command command, string word)
    {
        if (word.StartsWith('-'))
        {
            var name = word.Split('=', ':')[0];
            var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options)
                .Where(option => option.Recursive)).Where(option => !option.Hidden).Select(option => option.Name);
            var owner = command is RootCommand ? "mlvision" : $"'{command.Name}'";
            return $"{owner} has no option '{name}'{Suggestion.Of(name, options)}";
        }

        var commands = command.Subcommands.Where(inner => !inner.Hidden).Select(inner => inner.Name).ToList();
        return commands.Count == 0 ? $"'{command.Name}' has no use for '{word}'; names of options begin with --."
            : Suggestion.Nearest(word, commands) is { } nearest ? $"There is no command '{word}': did you mean '{nearest}'?"
            : $"There is no command '{word}'; there are {string.Join(", ", commands)}.";
    }

    /// <summary>What is wrong with a value of no characters, which a shell's empty variable makes; null where there is none.</summary>
    private static string? EmptyValue(ParseResult parsed) =>
        parsed.CommandResult.Children.FirstOrDefault(child => child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) switch
        {
            OptionResult option => $"{option.Option.Name} is empty; give it a value.",
            ArgumentResult argument => $"The argument <{argument.Argument.Name}> is empty; give it a value.",
            _ => null,
        };
}
