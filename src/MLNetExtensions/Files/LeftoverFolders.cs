namespace MLVision.MLNetExtensions.Files;

/// <summary>Removes the temporary folders of processes that were killed.</summary>
internal static class LeftoverFolders
{
    /// <summary>A folder so young may belong to a process that is about to lock it.</summary>
    public static readonly TimeSpan YoungestAge = TimeSpan.FromMinutes(1);

    /// <summary>Removes from <paramref name="root"/> the product's folders that were claimed once and are no more.</summary>
    /// <remarks>Errors are passed over: what cannot be removed now is tried again by the next process.</remarks>
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
            // Another process sweeps, too, or the temporary folder cannot be listed.
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

    /// <summary>Whether it is a folder as we make them, and no link that somebody put into a temporary folder open to all.</summary>
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
            // A scanner may hold it open; the next process tries again.
        }
    }
}
