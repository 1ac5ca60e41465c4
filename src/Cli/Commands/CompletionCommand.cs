using System.CommandLine;
using MLVision.Cli.Completion;

namespace MLVision.Cli.Commands;

/// <summary><c>mlvision completion</c>: what teaches a shell to complete the words of mlvision.</summary>
internal static class CompletionCommand
{
    public static Command Create() => new("completion", "Prints what makes a shell complete commands, options and names.")
    {
        For("bash", "For bash.", ShellSnippets.Bash),
        For("zsh", "For zsh.", ShellSnippets.Zsh),
        For("pwsh", "For PowerShell.", ShellSnippets.PowerShell),
    };

    private static Command For(string shell, string description, string snippet)
    {
        var command = new Command(shell, description);
        command.SetAction(_ => Console.Out.Write(snippet.ReplaceLineEndings("\n")));
        return command;
    }
}
