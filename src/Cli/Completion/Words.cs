using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using MLVision.Cli.Options;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Cli.Completion;

/// <summary>The words that a shell is offered: commands, options, and an option's values where these are a few words.</summary>
/// <remarks>
/// A shell asks by the directive <c>[suggest:N]</c> of System.CommandLine, before the first N letters of a line. Where nothing is answered,
/// it offers names of files.
/// </remarks>
internal static class Words
{
    // Options outlive the commands that they are made part of, which tests make several times at once.
    private static readonly HashSet<Option> Given = [];

    /// <summary>Gives all options their words, and answers shells.</summary>
    public static void Give(RootCommand root)
    {
        root.Directives.OfType<SuggestDirective>().Single().Action = new Answer();
        lock (Given)
        {
            GiveTo(root);
        }
    }

    /// <summary>What may come at the end of a line, whole words of which the last one of the line is the beginning or a part.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="line">The line up to the cursor, without the program's name.</param>
    public static IEnumerable<string> After(RootCommand root, string line)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var flag = word.StartsWith("--", StringComparison.Ordinal) && word.Contains('=') ? word[..(word.IndexOf('=') + 1)] : "";
        var text = flag.Length == 0 ? line : $"{line[..^word.Length]}{flag[..^1]} {word[flag.Length..]}";
        var parsed = root.Parse(text);
        var words = parsed.GetCompletions(text.Length).Select(item => item.InsertText ?? item.Label)
            .Where(IsSpelledOut).Distinct(StringComparer.Ordinal).ToList();
        var wantsFile = parsed.CommandResult.Command.Arguments.Count > 0 && !word.StartsWith('-');
        return wantsFile && words.TrueForAll(IsOption) ? [] : words.Select(found => flag + found);
    }

    private static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal);

    /// <summary>Not /h and -h beside --help.</summary>
    private static bool IsSpelledOut(string word) => !string.IsNullOrWhiteSpace(word) && (IsOption(word) || word[0] is not ('-' or '/'));

    private static void GiveTo(Command command)
    {
        foreach (var option in command.Options)
        {
            Func<CompletionContext, IEnumerable<string>>? source = option.Name switch
            {
                "--arch" => _ => ImageModels.All.Select(model => model.Name),
                "--family" => _ => ImageModels.All.Select(model => model.Family.Name).Distinct().Where(name => !name.Contains(' ')),
                "--weights" => context => WeightsFor(context.ParseResult.GetValue<string?>("--arch")),
                "--device" => _ => DeviceOption.Words,
                "--outputs" => _ => OutputsOption.All,
                _ => Choice.WordsOf(option) is { } words ? _ => words : null,
            };
            if (source is not null && Given.Add(option))
            {
                option.CompletionSources.Clear();       // the names of an enumeration, which no option takes
                option.CompletionSources.Add(context => source(context).Select(word => new CompletionItem(word)));
            }
        }

        foreach (var inner in command.Subcommands)
        {
            GiveTo(inner);
        }
    }

    /// <summary>Whether a command line asks for words instead of naming a command.</summary>
    public static bool AreAskedFor(ParseResult parsed) =>
        parsed.RootCommandResult.Command is RootCommand root && root.Directives.Any(directive => parsed.GetResult(directive) is not null);

    /// <summary>The published weights of an architecture, or of all of them where none is named.</summary>
    private static IEnumerable<string> WeightsFor(string? architecture) =>
        PublishedWeightsCatalog.All.Where(weights => architecture is null || weights.Architecture == architecture)
            .Select(weights => weights.Name).Distinct().Append("none");

    private sealed class Answer : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var root = (RootCommand)parseResult.RootCommandResult.Command;
            var line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
            var asked = root.Directives.OfType<SuggestDirective>().Select(parseResult.GetResult).OfType<DirectiveResult>().First();
            var length = asked.Values is [var text, ..] && NumberText.TryReadWhole(text, out var given) ? given : line.Length;
            foreach (var word in After(root, line[..Math.Clamp(length, 0, line.Length)]))
            {
                parseResult.InvocationConfiguration.Output.WriteLine(word);
            }

            return 0;
        }
    }
}
