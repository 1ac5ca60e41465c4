using System.CommandLine;

namespace MLVision.Cli.Options;

/// <summary>The option <c>--overwrite</c> of verbs that write a model.</summary>
internal static class OverwriteOption
{
    /// <summary>The option.</summary>
    public static Option<bool> Create() => new("--overwrite") { Description = "Replace the file that --out names, if there is one." };
}
