using MLVision.Cli;

namespace Documentation.Tests;

/// <summary>
/// Every command of a block is one that exists. Those of <c>mlvision</c> are parsed by its own parser; those of <c>dotnet</c> name projects
/// that are there. Nothing is run.
/// </summary>
public sealed class CommandBlockTests
{
    private const string CommandLineProject = "src/Cli";

    /// <summary>Programs of others, which no test can check, and what they are there for.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["Get-Content"] = "reads a file in PowerShell",
        ["curl"] = "asks a service",
        ["docker"] = "builds and runs containers",
        ["func"] = "runs a function as Azure does",
        ["export"] = "sets a variable in bash",
        ["apt"] = "installs what a script needs",
        ["node"] = "runs a script of the page before it",
        ["npm"] = "installs what a script needs",
        ["nvidia-smi"] = "shows the card",
        ["pip"] = "installs what a script needs",
        ["python3"] = "runs a script of the page before it, or of benchmarks",
        ["tar"] = "unpacks what a script of benchmarks packed",
    };

    /// <summary>Folders that stand for the reader's own, where the page says what is in them.</summary>
    private static readonly string[] DataOfReaders = ["photographs", "tulips-only", "cifar10/test"];

    private static readonly string[] VerbsOfDotnet =
        ["add", "build", "docfx", "new", "nuget", "pack", "package", "publish", "run", "test", "tool"];

    /// <summary>Pages for Linux alone: longer proofs and measurements.</summary>
    private static readonly string[] OfLinux =
        ["docs/architecture.md", "docs/security.md", "benchmarks/README.md", "benchmarks/gpu/README.md"];

    public static TheoryData<string> Pages => Page.WithBlocksOf("bash", "powershell");

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_OfAPage_AreUnderstood(string name)
    {
        var faults = from block in Commands(name)
                     from line in block.Lines
                     let fault = Fault(CommandWords.Of(line))
                     where fault is not null
                     select $"{block}: {line}: {fault}";

        Faults.AssertNone(faults);
    }

    /// <summary>
    /// What a reader copies runs in a clone; a few commands are about images that only the reader can have, and who reads the page of a
    /// package on a feed has no clone.
    /// </summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Data_OfCommands_IsInAClone(string name)
    {
        var missing = from block in Commands(name)
                      from line in block.Lines
                      let words = CommandWords.Of(line)
                      from pair in words.Zip(words.Skip(1))
                      where !name.StartsWith("src/", StringComparison.Ordinal) && pair.First is ("--data" or "--validation")
                      let data = pair.Second
                      where !DataOfReaders.Contains(data) && !Path.Exists(Path.Combine(Page.RepositoryRoot, data))
                      select $"{block}: {data}";

        Faults.AssertNone(missing);
    }

    /// <summary>bash goes on behind \, PowerShell behind `: a command on one line serves both.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_OfAPage_StandOnOneLine(string name)
    {
        var longer = Commands(name).Where(block => block.Lines.Any(line => line.EndsWith('\\') || line.EndsWith('`')));

        Faults.AssertNone(longer.Select(block => block.ToString()));
    }

    /// <summary>bash sets a variable for one command, PowerShell does not: a block of its own shows how PowerShell does it.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_ThatOnlyBashUnderstands_HaveAFormForPowerShell(string name)
    {
        var alone = Commands(name).Where(block => block.Language == "bash" && block.Lines.Any(IsOnlyBash))
            .Where(_ => !OfLinux.Contains(name) && !Commands(name).Any(block => block.Language == "powershell"));

        Faults.AssertNone(alone.Select(block => block.ToString()));
    }

    [Theory]
    [InlineData("mlvision trian --data flowers", "There is no command 'trian'")]
    [InlineData("mlvision train --date flowers --out out", "has no option '--date'")]
    [InlineData("dotnet run --project src/Nothing", "there is no 'src/Nothing'")]
    [InlineData("dotnet run --project src/Cli -- train --data flowers --out out --epochs", "--epochs")]
    [InlineData("rm -r /", "no test knows")]
    public void Fault_OfAWrongCommand_IsFound(string line, string expected) =>
        Assert.Contains(expected, Fault(CommandWords.Of(line)), StringComparison.Ordinal);

    private static IEnumerable<CodeBlock> Commands(string name) =>
        new Page(name).Blocks.Where(block => block.Language is "bash" or "powershell");

    private static bool IsOnlyBash(string line) =>
        CommandWords.Of(line) is [var first, ..]
        && (first == "export" || IsSetting(first) || first.EndsWith("()", StringComparison.Ordinal));

    private static bool IsSetting(string word) =>
        word.IndexOf('=', StringComparison.Ordinal) is > 0 and var end
        && word[..end].All(letter => char.IsAsciiLetterUpper(letter) || letter == '_');

    private static string? Fault(List<string> words)
    {
        words = [.. words.SkipWhile(IsSetting)];
        if (words.IndexOf("|") is >= 0 and var pipe)
        {
            return Fault(words[..pipe]) ?? Fault(words[(pipe + 1)..]);
        }

        if (words is ["mlvision()" or "function", ..] || words is [['$', 'e', 'n', 'v', ':', ..], ..])
        {
            return null;    // how a page names its commands, and how PowerShell sets a variable
        }

        return words switch
        {
            [] => null,
            ["mlvision", .. var arguments] => Mistake(arguments),
            ["dotnet", var verb, .. var arguments] => FaultOfDotnet(verb, arguments),
            [var program, ..] when program.Contains('/', StringComparison.Ordinal) => Missing(program),
            [var program, ..] => Others.ContainsKey(program) ? null : $"no test knows '{program}'",
        };
    }

    private static string? FaultOfDotnet(string verb, List<string> arguments)
    {
        if (!VerbsOfDotnet.Contains(verb))
        {
            return $"no test knows 'dotnet {verb}'";
        }

        var end = arguments.IndexOf("--");
        var own = end < 0 ? arguments : arguments[..end];
        var project = own.IndexOf("--project") is >= 0 and var at ? own[at + 1] : null;
        var places = own.Where(word => verb is "build" or "docfx" or "pack" or "run" or "test" && IsPlace(word)).Append(project ?? ".");
        return places.Select(Missing).FirstOrDefault(fault => fault is not null)
            ?? (project == CommandLineProject && end >= 0 ? Mistake(arguments[(end + 1)..]) : null);
    }

    private static bool IsPlace(string word) => !word.StartsWith('-')
        && (word.StartsWith("src/", StringComparison.Ordinal) || word.StartsWith("tests/", StringComparison.Ordinal)
            || Path.GetExtension(word) is ".sln" or ".json" or ".cs");

    private static string? Missing(string place) =>
        Path.Exists(Path.Combine(Page.RepositoryRoot, place)) ? null : $"there is no '{place}'";

    /// <summary>What is written to a file, or read from one, is the shell's; what is required may stand in the file of --config.</summary>
    private static string? Mistake(List<string> arguments)
    {
        List<string> own = [.. arguments.TakeWhile(word => word is not ("<" or ">" or "|" or "&&"))];
        if (own.Contains("--config") && !own.Contains("--data"))
        {
            own.AddRange(["--data", "flowers"]);
        }

        return ParseMistake.Sentence(Verbs.Create().Parse(own));
    }
}
