using System.Diagnostics;

namespace Integration.Tests;

/// <summary>The sample for Azure Functions, which stands outside the solution because its build restores a second project.</summary>
public sealed class FunctionsTests
{
    [Fact(Explicit = true)]
    [Trait("Category", "Functions")]
    public async Task Functions_Built_AnnounceTheFunction()
    {
        var sample = Path.Combine(Places.RepositoryRoot, "samples", "Functions");
        var output = Directory.CreateTempSubdirectory("functions-");
        try
        {
            using var build = Process.Start("dotnet", ["build", sample, "-c", "Release", "-o", output.FullName]);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, build.ExitCode);
            Assert.Contains(
                "\"entryPoint\": \"Functions.Prediction.RunAsync\"",
                await File.ReadAllTextAsync(Path.Combine(output.FullName, "functions.metadata"), TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }
}
