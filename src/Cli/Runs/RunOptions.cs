using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using MLVision.Cli.Options;

namespace MLVision.Cli.Runs;

/// <summary>The flags that a command was given, as a file of flags has them.</summary>
internal static class RunOptions
{
    /// <summary>The flags by their names without dashes: numbers and switches as such, anything else as text.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="paths">Flags that name files or folders: these stand in full, so that they are found from anywhere.</param>
    /// <param name="without">Flags that are left out.</param>
    /// <param name="seed">The seed, which stands there even if it was not given.</param>
    public static JsonObject Of(
        ParseResult parsed, IReadOnlyCollection<Option> paths, IReadOnlyCollection<Option> without, Option<int> seed)
    {
        var options = new JsonObject();
        foreach (var option in parsed.CommandResult.Command.Options.Except(without))
        {
            if (option == seed)
            {
                options[KeyOf(option)] = parsed.GetValue(seed);
            }
            else if (parsed.GetResult(option) is { Implicit: false } given)
            {
                options[KeyOf(option)] = ValueOf(option, given, paths.Contains(option));
            }
        }

        return options;
    }

    /// <summary>A flag's name in a file.</summary>
    public static string KeyOf(Option option) => option.Name.TrimStart('-');

    private static JsonValue ValueOf(Option option, OptionResult given, bool isPath)
    {
        if (option.ValueType == typeof(bool))
        {
            return JsonValue.Create(given.GetValueOrDefault<bool>());
        }

        var text = string.Join(',', given.Tokens.Select(token => token.Value));
        if (TakesNumber(option) && NumberText.TryReadReal(text, out var number))
        {
            return JsonValue.Create(number);
        }

        return JsonValue.Create(isPath && Path.Exists(text) ? Path.GetFullPath(text) : text);
    }

    private static bool TakesNumber(Option option) =>
        (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is var type && (type == typeof(int) || type == typeof(double));
}
