using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MLVision.Trainers.Native;

/// <summary>
/// Removes the pages of a mapped file from the process's memory; they stay in the system's cache while there is room.
/// </summary>
internal static partial class MappedPages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Releases all pages of a read-only mapping. Later reads load them again, usually from the cache. Does nothing on systems other than
    /// Linux, which release pages by themselves when memory is short.
    /// </summary>
    /// <remarks>Source: madvise(2), MADV_DONTNEED on a file's mapping.</remarks>
    public static void Release(SafeMemoryMappedViewHandle mapping)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = madvise(mapping.DangerousGetHandle(), checked((nuint)mapping.ByteLength), DontNeed);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);
}
