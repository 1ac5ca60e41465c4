using System.CommandLine;
using System.Text.Json;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Runs;

/// <summary>Flags out of a JSON file; those of the command line win.</summary>
/// <remarks>
/// Keys are names of flags without dashes. Values are texts, numbers, true or false for a switch, or a list of numbers. A <c>run.json</c>
/// is such a file: its flags stand under <c>options</c>.
/// </remarks>
internal static class ConfigurationFile
{
    private const string OptionName = "--config";

    /// <summary>The option that names the file.</summary>
    public static Option<string?> Option { get; } = new(OptionName)
    {
        Description = "JSON file of flags, such as run.json of an earlier training, which is then repeated; flags given beside it win.",
        HelpName = "file",
    };

    /// <summary>What a command is given with the flags of its file; the same where it names none.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="arguments">The arguments of the command line.</param>
    /// <exception cref="ImageClassificationException">
    /// The file cannot be read, is not JSON, has an unknown key, or was written by another version.
    /// </exception>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> arguments)
    {
        var parsed = root.Parse(arguments);
        var command = parsed.CommandResult.Command;
        return command.Options.Contains(Option) && parsed.GetResult(Option)?.Tokens is [{ Value: { Length: > 0 } path }]
            ? root.Parse([.. arguments, .. Read(path, command, option => parsed.GetResult(option) is not { Implicit: false })])
            : parsed;
    }

    /// <summary>The file's flags as arguments.</summary>
    private static List<string> Read(string path, Command command, Predicate<Option> isWanted)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? [.. FlagsOf(path, root).EnumerateObject()
                    .Select(entry => (Option: Find(path, command, entry.Name), entry.Value))
                    .Where(entry => isWanted(entry.Option))
                    .SelectMany(entry => Arguments(path, entry.Option, entry.Value))]
                : throw Refusal(path, "holds no JSON object of flags");
        }
        catch (JsonException e)
        {
            throw Refusal(path, $"is no JSON (line {e.LineNumber + 1})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal(path, Directory.Exists(path) ? "is a folder" : !File.Exists(path) ? "does not exist" : "cannot be read", e);
        }
    }

    private static JsonElement FlagsOf(string path, JsonElement root)
    {
        if (!root.TryGetProperty(RunFile.OptionsKey, out var options))
        {
            return root;
        }

        var version = root.TryGetProperty(RunFile.VersionKey, out var text) ? text.ToString() : "an unknown version";
        return version != RunFile.Version
            ? throw new ImageClassificationException(
                $"'{path}' is a run of mlvision {version}, and this is {RunFile.Version}, which may settle other values for what was left "
                + $"open: copy the flags under '{RunFile.OptionsKey}' to a file of their own, and give that by {OptionName}.")
            : options.ValueKind == JsonValueKind.Object ? options : throw Refusal(path, "holds no JSON object of flags");
    }

    private static Option Find(string path, Command command, string key)
    {
        var known = command.Options.Where(option => option != Option && !option.Hidden && option is not System.CommandLine.Help.HelpOption)
            .ToList();
        return known.Find(option => RunOptions.KeyOf(option) == key) ?? throw new ImageClassificationException(
            $"'{path}' has the key '{key}', which is no flag of '{command.Name}'{Suggestion.Of(key, known.Select(RunOptions.KeyOf))}");
    }

    /// <summary>A flag and its value as one argument, so that no value is taken for another flag.</summary>
    private static IEnumerable<string> Arguments(string path, Option option, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.True or JsonValueKind.False when option.ValueType == typeof(bool) => value.GetBoolean() ? [option.Name] : [],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number) =>
            [$"{option.Name}={string.Join(',', value.EnumerateArray())}"],
        JsonValueKind.Number or JsonValueKind.String when option.ValueType != typeof(bool) => [$"{option.Name}={value}"],
        _ => throw new ImageClassificationException(
            $"'{path}' has {value.GetRawText()} for '{RunOptions.KeyOf(option)}'; expected "
            + (option.ValueType == typeof(bool) ? "true or false." : "a text or a number.")),
    };

    private static ImageClassificationException Refusal(string path, string why, Exception? cause = null) =>
        new($"The file of flags '{path}' {why}: give a JSON object of flags, such as {{ \"epochs\": 20 }}, or a {RunFile.Name}.", cause);
}
