namespace MLVision.Reports.Doctor;

/// <summary>Paths of images as a page shows them and links to them.</summary>
internal static class ImageLink
{
    /// <summary>The path below a folder, or the whole one where it does not lie there.</summary>
    public static string Short(string folder, string path)
    {
        if (folder.Length == 0)
        {
            return path;
        }

        var relative = Path.GetRelativePath(folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>The address of a local file, which a browser opens without any network.</summary>
    public static string Address(string path)
    {
        var full = Path.GetFullPath(path);
        var parts = full.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Select(Uri.EscapeDataString);
        // Of a drive's letter the colon stays; a path of a server begins with two separators, others of Unix with one.
        var escaped = string.Join('/', parts).Replace("%3A", ":", StringComparison.Ordinal);
        return escaped.StartsWith("//", StringComparison.Ordinal) ? $"file:{escaped}" : $"file:///{escaped.TrimStart('/')}";
    }
}
