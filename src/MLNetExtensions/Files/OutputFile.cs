namespace MLVision.MLNetExtensions.Files;

/// <summary>A file that is going to be written, checked before slow work.</summary>
internal static class OutputFile
{
    /// <summary>Tries whether a file can be written beside the one to come; makes its folder where it is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ending">The ending of files of its format, with the dot.</param>
    /// <exception cref="ImageClassificationException">Its name ends as files of another format do.</exception>
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

    /// <summary>Makes a folder where it is missing, and writes a file to it that is gone at once.</summary>
    /// <exception cref="IOException">A file is in the way, or the disk is at fault.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not to be written to.</exception>
    public static void TryFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Path.GetRandomFileName());
        using var probe = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>Refuses a name that promises another format, since much goes by it; a name without an ending promises none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ending">The ending of files of its format, with the dot.</param>
    /// <exception cref="ImageClassificationException">Its name ends as files of another format do.</exception>
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
