using System.ComponentModel;
using System.Diagnostics;

namespace Documentation.Tests;

/// <summary>Runs Python and Node, where the machine has them.</summary>
internal static class ScriptRunner
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(1);

    /// <summary>What the program wrote to both of its outputs; null where there is no such program.</summary>
    public static (int ExitCode, string Output)? Run(string program, string folder, params string[] arguments) =>
        Run(program, folder, UsualTimeout, arguments);

    /// <inheritdoc cref="Run(string, string, string[])"/>
    public static (int ExitCode, string Output)? Run(string program, string folder, TimeSpan timeout, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            Assert.True(process.WaitForExit(timeout), $"{program} does not end.");
            return (process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The first of these programs that can run a line of code; the test is skipped where none can.</summary>
    public static string Find(string[] programs, string option, string code)
    {
        var found = programs.FirstOrDefault(program => Run(program, Path.GetTempPath(), option, code) is { ExitCode: 0 });
        Assert.SkipWhen(found is null, $"None of {string.Join(", ", programs)} runs '{code}' here.");
        return found!;
    }
}
