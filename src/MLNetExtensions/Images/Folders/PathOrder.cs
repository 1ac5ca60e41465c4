using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>The order of files that is the same on every system.</summary>
/// <remarks>
/// Compares paths relative to the root ordinally, with slashes, in Unicode's normal form C. Equal ones are ordered as they are written.
/// </remarks>
internal static class PathOrder
{
    /// <summary>The path below the root, with slashes.</summary>
    public static string Relative(string root, string path)
    {
        var relative = Path.GetRelativePath(root, path);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>Sorts items by their paths.</summary>
    public static IEnumerable<T> Sort<T>(IEnumerable<T> items, string root, Func<T, string> pathOf) =>
        items.Select(item => (Item: item, Path: Relative(root, pathOf(item))))
            .OrderBy(item => NormalForm.Of(item.Path), StringComparer.Ordinal).ThenBy(item => item.Path, StringComparer.Ordinal)
            .Select(item => item.Item);
}
