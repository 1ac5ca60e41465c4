using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Integration.Tests;

/// <summary>A built app in a process of its own, watched line by line and ended from outside.</summary>
internal sealed partial class RunningApp : IDisposable
{
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private RunningApp(Process process) => _process = process;

    /// <summary>What it wrote to standard error so far.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public static RunningApp Start(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new RunningApp(Process.Start(start)!);
    }

    /// <summary>Waits until it writes a line that begins so; false where it ends before.</summary>
    public async Task<bool> WaitFor(string beginning)
    {
        while (await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            _lines.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends it as kill -9 does: it runs no line of code any more.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Presses Ctrl+C, waits for the end, and returns the exit code.</summary>
    /// <remarks>
    /// A shell's background jobs, and all they start, ignore Ctrl+C: those are asked to terminate, which must do the same.
    /// </remarks>
    public async Task<int> Interrupt()
    {
        Assert.Equal(0, Signal(_process.Id, IgnoresCtrlC() ? TerminateSignal : InterruptSignal));
        return await End();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> End()
    {
        await WaitFor("\0");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Source: proc(5), the bits of SigIgn, of which the lowest is signal 1.</summary>
    private bool IgnoresCtrlC() => OperatingSystem.IsLinux()
        && File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & (1UL << (InterruptSignal - 1))) != 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
