namespace Documentation.Tests;

/// <summary>The pages that docfx makes of the docs and the XML documentation; about a minute, so not part of every run.</summary>
public sealed class ReferencePagesTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Site")]
    public void Docfx_DocsAndSources_BuildsTheSiteWithoutAWarning()
    {
        Assert.Equal(0, ScriptRunner.Run("dotnet", Page.RepositoryRoot, TimeSpan.FromMinutes(5), "tool", "restore")!.Value.ExitCode);

        var (exitCode, output) = ScriptRunner.Run(
            "dotnet", Page.RepositoryRoot, TimeSpan.FromMinutes(10), "docfx", "docfx.json", "--warningsAsErrors")!.Value;

        Assert.True(exitCode == 0, output);
        // "warning: text" of the sources, "warning InvalidFileLink: text" of pages; the sum at the end reads "0 warning(s)".
        Assert.DoesNotMatch("warning(:| [A-Z])", output);
        Assert.True(File.Exists(Path.Combine(Page.RepositoryRoot, "artifacts", "site", "docs", "README.html")));
    }
}
