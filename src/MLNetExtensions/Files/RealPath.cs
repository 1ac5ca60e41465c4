namespace MLVision.MLNetExtensions.Files;

/// <summary>Resolves every link in a path.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;     // as Linux

    /// <summary>The full path without links. The part of a path that does not exist yet is kept as it is.</summary>
    /// <exception cref="IOException">There are too many links: they form a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var ahead = new Stack<string>(PartsOf(full).Reverse());
        var links = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"The links at '{path}' form a circle.");
            }

            real = Path.IsPathRooted(target) ? Path.GetPathRoot(Path.GetFullPath(target, real))! : real;
            foreach (var step in PartsOf(target).Reverse())
            {
                ahead.Push(step);
            }
        }

        return real;
    }

    /// <summary>Whether one real path is the same as another or lies below it.</summary>
    public static bool IsAtOrBelow(string path, string folder)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return path.StartsWith(folder, comparison)
            && (path.Length == folder.Length || Path.EndsInDirectorySeparator(folder) || IsSeparator(path[folder.Length]));
    }

    private static IEnumerable<string> PartsOf(string path) =>
        path[Path.GetPathRoot(path)!.Length..]
            .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".");

    private static bool IsSeparator(char character) =>
        character == Path.DirectorySeparatorChar || character == Path.AltDirectorySeparatorChar;
}
