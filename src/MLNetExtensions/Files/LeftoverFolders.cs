namespace MLVision.MLNetExtensions.Files;

/// <summary>Removes the temporary folders of processes that were killed.</summary>
internal static class LeftoverFolders
{
    /// <summary>A folder younger than this may belong to a process that has not locked it yet.</summary>
    public static readonly TimeSpan YoungestAge = TimeSpan.FromMinutes(1);

    /// <summary>Removes from <paramref name="root"/> this product's folders whose process has ended.</summary>
    /// <remarks>Errors are ignored: the next process tries again to remove what remains.</remarks>
    public static void Sweep(string root)
    {
        try
        {
            foreach (var folder in new DirectoryInfo(root).EnumerateDirectories(TemporaryFolder.Prefix + "*"))
            {
                RemoveIfLeft(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process is cleaning up, too, or the temporary folder cannot be listed.
        }
    }

    private static void RemoveIfLeft(DirectoryInfo folder)
    {
        var claim = new FileInfo(Path.Combine(folder.FullName, FolderClaim.FileName));
        if (!IsPrivate(folder) || !claim.Exists || DateTime.UtcNow - claim.LastWriteTimeUtc < YoungestAge)
        {
            return;
        }

        using (var taken = FolderClaim.TakeOver(folder.FullName))
        {
            if (taken is null)
            {
                return;
            }

            foreach (var entry in folder.EnumerateFileSystemInfos().Where(entry => entry.Name != FolderClaim.FileName))
            {
                Remove(entry);
            }
        }

        Remove(folder);
    }

    /// <summary>Whether it is a folder of ours, and not a link that somebody put into a shared temporary folder.</summary>
    private static bool IsPrivate(DirectoryInfo folder) =>
        !folder.Attributes.HasFlag(FileAttributes.ReparsePoint)
        && (OperatingSystem.IsWindows()
            || folder.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

    private static void Remove(FileSystemInfo entry)
    {
        try
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A virus scanner may hold it open; the next process tries again.
        }
    }
}
