using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using MLVision.MLNetExtensions.Files;
using MLVision.Trainers.Native;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>A temporary file of pixels: written first, then mapped into memory and read.</summary>
/// <remarks>
/// No crash leaves it behind. Where the system allows it, the file is unlinked as soon as it is open, and its space is freed with the last
/// handle, however the process ends; Windows deletes it when the handle closes. It is written with ordinary calls and mapped only for
/// reading: writing to a mapping ends the process when the disk is full.
/// </remarks>
internal sealed class PixelFile : IDisposable
{
    private const int HoldsBetweenReleases = 4;

    private readonly SafeFileHandle _file;
    private readonly TemporaryFolder? _owned;
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private int _holds;

    /// <summary>Takes an open file.</summary>
    /// <param name="file">Open for reading and writing, and empty.</param>
    /// <param name="folder">The folder to name in errors.</param>
    /// <param name="owned">A folder that is removed with the file, or null.</param>
    public PixelFile(SafeFileHandle file, string folder, TemporaryFolder? owned = null)
    {
        (_file, Folder, _owned) = (file, folder, owned);
    }

    /// <summary>The environment variable that moves the temporary folder.</summary>
    public static string FolderVariable => OperatingSystem.IsWindows() ? "TMP" : "TMPDIR";

    /// <summary>The folder that contains the file.</summary>
    public string Folder { get; }

    /// <summary>Bytes that the user can still write to the disk; null if the system does not say.</summary>
    public long? FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(Folder).AvailableFreeSpace;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return null;
            }
        }
    }

    /// <summary>Makes an empty file in the temporary folder.</summary>
    /// <exception cref="IOException">The temporary folder cannot be used.</exception>
    public static PixelFile Create()
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        TemporaryFolder? folder = null;
        try
        {
            folder = new TemporaryFolder();
            return Open(folder, root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder?.Dispose();
            throw new IOException(
                $"Pixels that go beyond PixelMemoryMegabytes need a file, and the temporary folder '{root}' cannot be used: "
                + $"{e.Message.TrimEnd('.')}. Name another folder in the environment variable {FolderVariable}, or raise " +
                    "PixelMemoryMegabytes.",
                e);
        }
    }

    /// <summary>Writes at an offset; thread-safe.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_file, bytes, offset);

    /// <summary>Maps the written bytes for reading.</summary>
    public void Map(long length)
    {
        _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
    }

    /// <summary>Keeps the mapping until the handle's reference is released, even if the file is disposed first.</summary>
    /// <remarks>
    /// At intervals, pages that were read are removed from the process's memory; otherwise it would grow to the file's size.
    /// </remarks>
    public SafeMemoryMappedViewHandle Hold()
    {
        var mapping = _view!.SafeMemoryMappedViewHandle;
        var added = false;
        mapping.DangerousAddRef(ref added);
        if (Interlocked.Increment(ref _holds) % HoldsBetweenReleases == 0)
        {
            MappedPages.Release(mapping);
        }

        return mapping;
    }

    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
        _file.Dispose();
        _owned?.Dispose();
    }

    private static PixelFile Open(TemporaryFolder folder, string root)
    {
        const string Name = "pixels";
        if (OperatingSystem.IsWindows())
        {
            return new PixelFile(
                File.OpenHandle(folder.File(Name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose),
                root, folder);
        }

        var file = File.OpenHandle(folder.File(Name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        folder.Dispose();    // the open file stays
        return new PixelFile(file, root);
    }
}
