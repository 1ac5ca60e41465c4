namespace MLVision.MLNetExtensions.Files;

/// <summary>A locked file in a folder; while it is locked, the process that the folder belongs to lives.</summary>
/// <remarks>
/// The system releases the lock however a process ends, and other than a process number the lock holds across containers that share
/// a folder.
/// </remarks>
internal sealed class FolderClaim : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "in-use";

    private readonly FileStream _file;

    private FolderClaim(FileStream file) => _file = file;

    /// <summary>Claims a new folder; null where the file system or the process's settings do without locks.</summary>
    /// <remarks>No file is left where locks say nothing, so that nobody takes the folder for a dead process's.</remarks>
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

    /// <summary>Claims the folder of a process that has ended; null where the folder was never claimed, or still is.</summary>
    public static FolderClaim? TakeOver(string folder)
    {
        try
        {
            return new FolderClaim(new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by its process, not there, or another user's: in each case not to be taken.
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
