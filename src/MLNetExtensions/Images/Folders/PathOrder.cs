using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>The order of files that is the same on every system.</summary>
/// <remarks>Ordinal, of paths relative to the root, with slashes, in normal form C; where two are equal, as they are written.</remarks>
internal static class PathOrder
{
    /// <summary>The path below the root, with slashes.</summary>
    public static string Relative(string root, string path)
    {
        var relative = Path.GetRelativePath(root, path);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>Puts things with paths in order.</summary>
    public static IEnumerable<T> Sort<T>(IEnumerable<T> items, string root, Func<T, string> pathOf) =>
        items.Select(item => (Item: item, Path: Relative(root, pathOf(item))))
            .OrderBy(item => NormalForm.Of(item.Path), StringComparer.Ordinal).ThenBy(item => item.Path, StringComparer.Ordinal)
            .Select(item => item.Item);
}
