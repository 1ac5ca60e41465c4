using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using MLVision.Cli.Output.Tables;

namespace MLVision.Cli.Help;

/// <summary>The page that <c>--help</c> prints: what a command does, how it is called, examples, and its options in groups.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const string OtherOptions = "Options";
    private const int WidthOfPipes = 80;
    private const int Widest = 120;
    private const int WidestName = 26;

    /// <summary>Makes a root command and all below it print such pages, the root alone, too.</summary>
    public static void Give(RootCommand root)
    {
        var page = new HelpPage();
        root.Options.OfType<HelpOption>().Single().Action = page;
        root.Action = page;
        foreach (var group in root.Subcommands.Where(command => command.Subcommands.Count > 0))
        {
            group.Action = page;
        }
    }

    /// <summary>Who asks for help need not give what is required.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(
            parseResult.InvocationConfiguration.Output, parseResult.CommandResult.Command,
            Console.IsOutputRedirected ? WidthOfPipes : Math.Clamp(Console.WindowWidth, WidthOfPipes / 2, Widest));
        return 0;
    }

    /// <summary>Writes a command's page.</summary>
    /// <param name="output">Where.</param>
    /// <param name="command">The command.</param>
    /// <param name="width">Columns that there are.</param>
    public static void Write(TextWriter output, Command command, int width)
    {
        WrappedText.WriteLine(output, command.Description ?? "", width);
        output.WriteLine();
        output.WriteLine($"Usage: {UsageOf(command)}");
        Section(output, "Commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")), width);
        Section(output, "Arguments", command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description ?? "")), width);
        foreach (var (title, options) in HelpGroups.Of(command, OtherOptions))
        {
            Section(output, title, options.Select(option => (NameOf(option), DescriptionOf(option))), width);
        }

        if (HelpExamples.Of(command) is { Count: > 0 } examples)
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }
        }
    }

    private static void Section(TextWriter output, string title, IEnumerable<(string Name, string Description)> entries, int width)
    {
        var all = entries.ToList();
        if (all.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{title}:");
        var indent = Math.Min(all.Max(entry => entry.Name.Length), WidestName) + 4;
        foreach (var (name, description) in all)
        {
            if (name.Length + 4 > indent)
            {
                output.WriteLine($"  {name}");
                output.Write(new string(' ', indent));
            }
            else
            {
                output.Write($"  {name}".PadRight(indent));
            }

            WrappedText.WriteLine(output, description, width, indent);
        }
    }

    private static string UsageOf(Command command)
    {
        var path = command is RootCommand ? "mlvision"
            : command.Parents.FirstOrDefault() is Command and not RootCommand and var parent ? $"mlvision {parent.Name} {command.Name}"
            : $"mlvision {command.Name}";
        var required = string.Concat(command.Options.Where(option => option.Required).Select(option => $" {NameOf(option)}"));
        var arguments = string.Concat(command.Arguments.Select(
            argument => argument.Arity.MaximumNumberOfValues > 1 ? $" <{argument.Name}>..." : $" <{argument.Name}>"));
        return $"{path}{(command.Subcommands.Count > 0 ? " <command>" : "")}{required} [options]{arguments}";
    }

    private static string NameOf(Option option) => option.ValueType == typeof(bool) || option is HelpOption or VersionOption
        ? option.Name
        : $"{option.Name} <{option.HelpName ?? PlaceholderOf(option.ValueType)}>";

    private static string PlaceholderOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var number when number == typeof(int) || number == typeof(double) => "number",
        _ => "text",
    };

    private static string DescriptionOf(Option option)
    {
        var standard = option.HasDefaultValue && option.ValueType != typeof(bool) && option is not (HelpOption or VersionOption)
            ? Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture) : null;
        var description = option switch
        {
            HelpOption => "Show this page.",
            VersionOption => "Show the version.",
            _ => option.Description ?? "",
        };
        return description + (option.Required ? " Required." : standard is { Length: > 0 } ? $" [{standard}]" : "");
    }
}
