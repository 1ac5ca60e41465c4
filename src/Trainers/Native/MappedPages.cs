using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MLVision.Trainers.Native;

/// <summary>
/// Takes the pages of a mapped file out of the process's memory; they stay in the system's cache as long as there is room.
/// </summary>
internal static partial class MappedPages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of all pages of a mapping that is only read; who reads on gets them anew, from the cache at best. Does nothing where the
    /// system is not Linux: others take pages back by themselves when memory gets short.
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
