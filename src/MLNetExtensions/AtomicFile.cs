namespace MLNetExtensions;

/// <summary>Writes a file whole or not at all: beside its place first, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Calls <paramref name="write"/> on a temporary neighbour of <paramref name="path"/> and renames it when that succeeds.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(stream);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
