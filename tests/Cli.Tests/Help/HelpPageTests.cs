using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Help;

namespace Cli.Tests.Help;

/// <summary>The pages of all commands, those included that are yet to come.</summary>
public sealed class HelpPageTests
{
    public static TheoryData<string> Verbs => [.. All(MLVision.Cli.Verbs.Create(), "")];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Write_AnyCommand_NamesItsOptionsAndStaysWithin80Columns(string verb)
    {
        var command = Find(verb);

        var lines = Page(command, 80);

        Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Contains(
            lines, line => line.TrimStart().StartsWith(option.Name, StringComparison.Ordinal)));
        Assert.All(lines.Where(line => !line.Contains("mlvision ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));
    }

    /// <summary>Only those that hold others have none.</summary>
    [Theory]
    [MemberData(nameof(Verbs))]
    public void Examples_OfAnyCommand_AreUnderstood(string verb)
    {
        var verbs = Find(verb);

        var examples = HelpExamples.Of(verbs);

        Assert.True(examples.Count > 0 || verbs.Subcommands.Count > 0, $"{verb} has no example");
        Assert.All(examples, example =>
        {
            // What a shell makes of it: an input, a pipe, or the output as a file.
            var command = example[example.IndexOf("mlvision", StringComparison.Ordinal)..].Split(" < ")[0].Split(" | ")[0].TrimEnd(')');
            var words = command.Replace("'", "", StringComparison.Ordinal).Split(' ')[1..];
            if (!words.Contains("--config"))
            {
                Assert.Null(ParseMistake.Sentence(MLVision.Cli.Verbs.Create().Parse(words)));
            }
        });
    }

    [Fact]
    public void Write_Train_HasItsGroupsInOrderAndNothingLeft()
    {
        var lines = Page(Find("train"), 80);

        Assert.Equal(
            ["Data:", "Model:", "Recipe:", "Run:", "Output:", "Options:", "Examples:"],
            lines.Where(line => line.EndsWith(':') && !line.StartsWith(' ')));
        Assert.Equal(
            ["--help"],
            lines.SkipWhile(line => line != "Options:").Skip(1).TakeWhile(line => line.Length > 0)
                .Select(line => line.Trim().Split(' ')[0]));
        Assert.StartsWith("  --data <folder|file> ", lines[lines.IndexOf("Data:") + 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("benchmark")]
    [InlineData("train", "--help")]
    [InlineData("predict", "--help")]
    public async Task Invoke_NoCommandOrHelp_PrintsThePage(params string[] arguments)
    {
        using var output = new StringWriter();
        var parsed = MLVision.Cli.Verbs.Create().Parse(arguments);

        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);

        Assert.Equal(0, exitCode);
        Assert.Null(ParseMistake.Sentence(parsed));
        Assert.Contains("Usage: mlvision ", output.ToString(), StringComparison.Ordinal);
    }

    private static List<string> Page(Command command, int width)
    {
        using var output = new StringWriter { NewLine = "\n" };
        HelpPage.Write(output, command, width);
        return [.. output.ToString().Split('\n')];
    }

    private static Command Find(string verb) => verb.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(
        (Command)MLVision.Cli.Verbs.Create(), (command, name) => command.Subcommands.Single(inner => inner.Name == name));

    private static IEnumerable<string> All(Command command, string verb) =>
        command.Subcommands.SelectMany(inner => All(inner, $"{verb} {inner.Name}".Trim())).Prepend(verb);
}
