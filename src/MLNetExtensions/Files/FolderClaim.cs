namespace MLVision.MLNetExtensions.Files;

/// <summary>A locked file in a folder. While it is locked, the process that owns the folder is running.</summary>
/// <remarks>
/// The system releases the lock however a process ends. Unlike a process number, the lock also works between containers that share a
/// folder.
/// </remarks>
internal sealed class FolderClaim : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "in-use";

    private readonly FileStream _file;

    private FolderClaim(FileStream file) => _file = file;

    /// <summary>Claims a new folder; null if the file system or the process's settings do not support locks.</summary>
    /// <remarks>No file is left if locks do not work, so that nobody mistakes the folder for one of a process that has ended.</remarks>
    public static FolderClaim? Take(string folder)
    {
        var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        using var second = TakeOver(folder);
        if (second is null)
        {
            return new FolderClaim(file);
        }

        file.Dispose();
        File.Delete(file.Name);
        return null;
    }

    /// <summary>Claims the folder of a process that has ended; null if the folder was never claimed or still is.</summary>
    public static FolderClaim? TakeOver(string folder)
    {
        try
        {
            return new FolderClaim(new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by its process, missing, or another user's: do not take it.
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
