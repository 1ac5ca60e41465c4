namespace Integration.Tests.Packages;

/// <summary>All packages, made by the command that the documentation names, when a test first asks for them.</summary>
public sealed class AllPackages : OutsideFolder
{
    private Task<string>? _output;

    /// <summary>Makes them, once. Returns what the command prints.</summary>
    public Task<string> Made() => _output ??= Pack();

    private async Task<string> Pack()
    {
        var run = await AppProcess.Run(
            "pack", ["Pipelines.sln", "-c", "Release", "-o", Packages, "-nodeReuse:false", "-p:UseSharedCompilation=false"],
            new Dictionary<string, string> { ["MSBUILDTERMINALLOGGER"] = "off", ["DOTNET_CLI_UI_LANGUAGE"] = "en" }, Places.RepositoryRoot);
        Assert.True(run.ExitCode == 0, run.Output);
        return run.Output;
    }
}
