using System.Diagnostics;

namespace Integration.Tests;

/// <summary>Runs a built app in a process of its own.</summary>
internal static class AppProcess
{
    public static Task<(int ExitCode, string Output, string Error)> Run(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string folder = "") =>
        RunProgram("dotnet", [assembly, .. arguments], environment, folder);

    /// <summary>The same for a program of its own.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunProgram(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
