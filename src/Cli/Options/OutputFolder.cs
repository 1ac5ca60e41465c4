using MLVision.Cli.Output;

namespace MLVision.Cli.Options;

/// <summary>A folder for results, proven writable before slow work begins.</summary>
internal sealed class OutputFolder
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _made;

    private OutputFolder(string path, IReadOnlyList<string> made) => (_path, _made) = (path, made);

    /// <summary>Makes the folder where it is missing and tries to write to it.</summary>
    /// <exception cref="IOException">A file is in the way, or the folder cannot be written to.</exception>
    public static OutputFolder Create(string path)
    {
        var folder = new OutputFolder(path, Missing(path));
        try
        {
            Directory.CreateDirectory(path);
            var file = Path.Combine(path, Path.GetRandomFileName());
            new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.RemoveIfUnused();
            throw new IOException($"The output folder '{path}' cannot be written to: {e.Message}", e);
        }
    }

    /// <summary>Where a file of the folder is.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>Writes a file and says so.</summary>
    public void Write(string name, Action<string> write)
    {
        var path = PathOf(name);
        write(path);
        Terminal.Print($"{path} ({FileSize.Of(new FileInfo(path).Length)})");
    }

    /// <summary>Removes the folders that were made for the results, as far as they are still empty.</summary>
    public void RemoveIfUnused()
    {
        try
        {
            foreach (var folder in _made.Where(Directory.Exists))
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It holds something, or belongs to someone else by now: it stays.
        }
    }

    /// <summary>The folder and those above it that are not there yet, the innermost first.</summary>
    private static List<string> Missing(string path)
    {
        List<string> missing = [];
        for (var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            folder is not null && !Path.Exists(folder);
            folder = Path.GetDirectoryName(folder))
        {
            missing.Add(folder);
        }

        return missing;
    }
}
