namespace MLVision.MLNetExtensions.Files;

/// <summary>A file that will be written; checked before slow work.</summary>
internal static class OutputFile
{
    /// <summary>Checks that the file can be written, by writing another one beside it; creates its folder if needed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ending">The file name ending of its format, with the dot.</param>
    /// <exception cref="ImageClassificationException">Its name has the ending of another format.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void ThrowUnlessWritable(string path, string ending)
    {
        ThrowUnlessNamed(path, ending);
        if (Directory.Exists(path) || Path.GetFileName(path).Length == 0)
        {
            throw new IOException($"The output file '{path}' is a folder; name a file.");
        }

        try
        {
            TryFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (AtomicFile.WhyNotWritten(e) is { } reason)
        {
            throw new IOException($"The output file '{path}' cannot be written: {reason}.", e);
        }
    }

    /// <summary>Creates a folder if needed, then writes a file to it and deletes it.</summary>
    /// <exception cref="IOException">A file is in the way, or the disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static void TryFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Path.GetRandomFileName());
        using var probe = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>Refuses a name with the ending of another format, because programs trust the ending; no ending is accepted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ending">The file name ending of its format, with the dot.</param>
    /// <exception cref="ImageClassificationException">Its name has the ending of another format.</exception>
    public static void ThrowUnlessNamed(string path, string ending)
    {
        var given = Path.GetExtension(path);
        if (given.Length > 0 && !given.Equals(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new ImageClassificationException(
                $"The output file '{path}' ends in {given}, but what would be written is {ending}; let its name end in {ending}.");
        }
    }
}
