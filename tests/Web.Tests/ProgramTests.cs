using System.Diagnostics;

namespace Web.Tests;

/// <summary>The program as a process: how it begins and ends.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("missing.zip", "--model", "missing.zip")]
    [InlineData("'--modle' is no argument", "--modle", "x.zip")]
    [InlineData("cannot be used", "--urls", "http://192.0.2.1:5000")]    // an address for documentation: RFC 5737
    [InlineData("cannot be used", "--urls", "nowhere")]
    public async Task Start_ThatCannotBe_EndsWithASentence(string words, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Web.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var token = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));

        await process.WaitForExitAsync(token);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains(words, await error, StringComparison.Ordinal);
        Assert.Single((await error).Trim().Split('\n'));
        Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
    }
}
