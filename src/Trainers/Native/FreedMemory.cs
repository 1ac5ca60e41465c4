using System.Runtime.InteropServices;

namespace MLVision.Trainers.Native;

/// <summary>Tells the C library to keep large freed blocks while trainings run, instead of returning them to the system.</summary>
/// <remarks>
/// A training step frees and requests the same large blocks again and again. By default glibc maps each of them again, and the system
/// clears its pages at first use: about a fifth of an EfficientNet's step. Only glibc has these settings; on threads other than the
/// process's first they apply to blocks up to 64 megabytes. When the last training ends, kept memory is returned, and the settings become
/// those that glibc itself reaches after a large block was freed. Source: mallopt(3); malloc/malloc.c of glibc 2.36,
/// DEFAULT_MMAP_THRESHOLD_MAX and the dynamic threshold in free.
/// </remarks>
internal sealed partial class FreedMemory : IDisposable
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;
    private const int MapMaximum = -4;

    private const int Mebibyte = 1 << 20;

    private static readonly Lock Gate = new();
    private static int trainings;

    private bool _isDisposed;

    private FreedMemory()
    {
    }

    /// <summary>Whether this process's C library is glibc.</summary>
    public static bool CanBeKept { get; } = OperatingSystem.IsLinux() && HasSettings();

    /// <summary>Keeps freed blocks until the last returned object is disposed.</summary>
    /// <exception cref="PlatformNotSupportedException">The C library is not glibc.</exception>
    public static FreedMemory Keep()
    {
        if (!CanBeKept)
        {
            throw new PlatformNotSupportedException("Only glibc can be told to keep freed memory.");
        }

        lock (Gate)
        {
            if (trainings++ == 0)
            {
                Set(mapMaximum: 0, trimThreshold: int.MaxValue, topPad: 256 * Mebibyte);
            }
        }

        return new FreedMemory();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (!_isDisposed && --trainings == 0)
            {
                Set(mapMaximum: 65536, trimThreshold: 64 * Mebibyte, topPad: Mebibyte / 8);
                _ = mallopt(MapThreshold, 32 * Mebibyte);
                _ = malloc_trim(0);
            }

            _isDisposed = true;
        }
    }

    private static void Set(int mapMaximum, int trimThreshold, int topPad)
    {
        _ = mallopt(MapMaximum, mapMaximum);
        _ = mallopt(TrimThreshold, trimThreshold);
        _ = mallopt(TopPad, topPad);
    }

    private static bool HasSettings() =>
        NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6")]
    private static partial int malloc_trim(nuint pad);
}
