namespace MLNetExtensions;

/// <summary>What systems, servers and programs leave between people's files: never data, though some of it looks like images.</summary>
internal static class Clutter
{
    private const string Dot = "names that begin with a dot";
    private const string Backup = "backups and unfinished downloads";

    /// <summary>Names of files and folders; case does not matter. Those that begin with a dot need no entry.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", "Icon\r", "Network Trash Folder", "Temporary Items", "TheVolumeSettingsFolder", "TheFindByContentFolder",      // macOS
        "$RECYCLE.BIN", "RECYCLER", "RECYCLED", "System Volume Information", "Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",   // Windows
        "lost+found",                                                                                     // Linux
        "@eaDir", "#recycle", "#snapshot", "@tmp", "@sharebin",                                           // Synology
        "@Recycle", "@Recently-Snapshot",                                                                 // QNAP
        "~snapshot",                                                                                      // NetApp
        "__pycache__",                                                                                    // Python
    };

    /// <summary>Beginnings of folders: those that Windows' chkdsk puts lost pieces in are numbered.</summary>
    private static readonly string[] FolderBeginnings = ["FOUND."];

    /// <summary>Endings of files: Synology's streams, editors' and exiftool's copies, browsers' unfinished downloads.</summary>
    private static readonly string[] FileEndings =
        ["@SynoResource", "@SynoEAStream", "~", ".bak", ".orig", "_original", ".tmp", ".part", ".partial", ".crdownload", ".download"];

    /// <summary>What kind of clutter a file or folder is, by its name; null where it may be data.</summary>
    public static string? Of(string name, bool isFolder) =>
        name.StartsWith('.') ? Dot
        : Names.TryGetValue(name, out var known) ? known.TrimEnd()
        : isFolder ? FolderBeginnings.Where(begin => IsNumbered(name, begin)).Select(begin => begin + "000").FirstOrDefault()
        : name.StartsWith("~$", StringComparison.Ordinal) || FileEndings.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) ? Backup
        : null;

    private static bool IsNumbered(string name, string begin) =>
        name.Length == begin.Length + 3 && name.StartsWith(begin, StringComparison.OrdinalIgnoreCase) && name[begin.Length..].All(char.IsAsciiDigit);
}
