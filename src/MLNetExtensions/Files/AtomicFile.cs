namespace MLVision.MLNetExtensions.Files;

/// <summary>Writes a file whole or not at all: beside its place first, then renamed.</summary>
/// <remarks>
/// What is renamed has reached the disk, so a power failure leaves the old file or the new one, and who watches the file, as a service
/// that reloads its model does, never sees half of it.
/// </remarks>
public static class AtomicFile
{
    private const string Ending = ".tmp";
    private const string TooLarge = "the file would be larger than the file system or a limit of the user's allows";

    /// <summary>The disk's reason for refusing a write, without a full stop; null for an error of another kind.</summary>
    /// <remarks>.NET reports a file beyond the file system's or the user's limit as an argument out of range.</remarks>
    internal static string? WhyNotWritten(Exception error) => error switch
    {
        IOException or UnauthorizedAccessException => error.Message.TrimEnd('.'),
        ArgumentOutOfRangeException => TooLarge,
        _ => null,
    };

    /// <summary>
    /// Calls <paramref name="write"/> on a temporary neighbour of <paramref name="path"/> and renames it when that succeeds.
    /// </summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="write">Writes the content to a stream that can seek.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not to be written to.</exception>
    public static void Write(string path, Action<Stream> write)
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
    /// Removes what processes that were killed while they wrote this file left beside it; a file being written is locked.
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
            // Another process writes it just now, or it is another user's: not ours to remove.
        }
    }
}
