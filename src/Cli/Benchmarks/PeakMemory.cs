using System.Diagnostics;

namespace MLVision.Cli.Benchmarks;

/// <summary>The most memory that this process took.</summary>
internal static class PeakMemory
{
    private const double BytesPerMegabyte = 1e6;

    // Linux resets the peak when this number is written to this file; see proc(5).
    private const string PeakSwitch = "/proc/self/clear_refs";
    private const string CountPeakAnew = "5";

    /// <summary>
    /// Megabytes (10⁶ bytes): the most that was resident so far, or since <see cref="TryForget"/>; where the system does not tell,
    /// what is resident now.
    /// </summary>
    public static double Megabytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return Math.Max(process.PeakWorkingSet64, Environment.WorkingSet) / BytesPerMegabyte;
        }
    }

    /// <summary>Resets the peak to the present resident memory; false if the system cannot or does not allow it.</summary>
    public static bool TryForget()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                File.WriteAllText(PeakSwitch, CountPeakAnew);
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A container may have the file read-only: the peak stays that of the whole process.
        }

        return false;
    }
}
