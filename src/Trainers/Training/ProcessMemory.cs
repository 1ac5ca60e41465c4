using System.Diagnostics;

namespace MLVision.Trainers.Training;

/// <summary>How much memory this process takes.</summary>
internal static class ProcessMemory
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>
    /// Megabytes (10⁶ bytes): the most that was resident so far; where the system does not tell, what is resident now.
    /// </summary>
    public static double PeakMegabytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return Math.Max(process.PeakWorkingSet64, Environment.WorkingSet) / BytesPerMegabyte;
        }
    }
}
