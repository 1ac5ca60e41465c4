using System.Diagnostics;
using System.Globalization;

namespace Integration.Tests;

/// <summary>Programs of the system that arrange a fault.</summary>
internal static class ShellProcess
{
    /// <summary>Runs a program that must succeed.</summary>
    public static async Task Run(string program, params string[] arguments)
    {
        var (exitCode, error) = await Run(new ProcessStartInfo(program, arguments));
        Assert.True(exitCode == 0, error);
    }

    /// <summary>Runs an app that can write no file beyond a size: a write beyond it fails, as on a file system with such a limit.</summary>
    public static Task<(int ExitCode, string Error)> WithFileSizeLimit(int kilobytes, IEnumerable<string> command)
    {
        // Arguments reach the shell as $0, $1, and so on. The signal that comes with the failed write is ignored, as services do.
        var limit = kilobytes.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -f {limit}; trap '' XFSZ; exec dotnet \"$0\" \"$@\"", .. command]);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";     // the runtime's second mapping of code is a large file
        return Run(start);
    }

    private static async Task<(int ExitCode, string Error)> Run(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }
}
