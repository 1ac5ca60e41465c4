namespace MLVision.MLNetExtensions.Files;

/// <summary>Writes a file completely or not at all: first under a temporary name beside it, then renamed.</summary>
/// <remarks>The data is flushed to disk before the rename, so a power failure leaves the old file or the new one.</remarks>
public static class AtomicFile
{
    private const string Ending = ".tmp";
    private const string TooLarge = "the file would be larger than the file system or a limit of the user's allows";

    /// <summary>Why the disk refused a write, without a full stop; null for an error of another kind.</summary>
    /// <remarks>.NET reports a file that exceeds a limit of the file system or the user as an argument out of range.</remarks>
    internal static string? WhyNotWritten(Exception error) => error switch
    {
        IOException or UnauthorizedAccessException => error.Message.TrimEnd('.'),
        ArgumentOutOfRangeException => TooLarge,
        _ => null,
    };

    /// <summary>Calls <paramref name="write"/> on a temporary file beside <paramref name="path"/>, and renames it on success.</summary>
    public static void Write(string path, Action<Stream> write) => Write(path, write, before: null);

    /// <summary>The same, and keeps the file that was there under another name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="before">The other name, in the same folder; null replaces the file that was there.</param>
    /// <remarks>Between the two renames there is only the file of the other name.</remarks>
    internal static void Write(string path, Action<Stream> write, string? before)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        RemoveLeftovers(target);
        var temporary = $"{target}.{Guid.NewGuid():N}{Ending}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (before is not null && File.Exists(target))
            {
                File.Move(target, before, overwrite: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "value")
        {
            throw new IOException($"{TooLarge}.", e);    // .NET's own name for it
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Removes temporary files that killed processes left while they wrote this file. A file that is still being written is locked.
    /// </summary>
    private static void RemoveLeftovers(string target)
    {
        var beginning = Path.GetFileName(target) + ".";
        foreach (var file in new DirectoryInfo(Path.GetDirectoryName(target)!).EnumerateFiles("*" + Ending))
        {
            if (file.Name.StartsWith(beginning, StringComparison.Ordinal)
                && Guid.TryParseExact(file.Name[beginning.Length..^Ending.Length], "N", out _))
            {
                Remove(file.FullName);
            }
        }
    }

    private static void Remove(string leftover)
    {
        try
        {
            new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose)
                .Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process is writing it, or it belongs to another user: leave it.
        }
    }
}
