using System.Diagnostics;

namespace Integration.Tests;

/// <summary>Runs a built app in a process of its own.</summary>
internal static class AppProcess
{
    public static async Task<(int ExitCode, string Output, string Error)> Run(string assembly, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
