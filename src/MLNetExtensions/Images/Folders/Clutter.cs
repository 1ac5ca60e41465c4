namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>
/// Files that systems, servers and programs leave among a user's files. They are never data, though some look like images.
/// </summary>
internal static class Clutter
{
    private const string Dot = "names that begin with a dot";
    private const string Backup = "backups and unfinished downloads";

    /// <summary>The beginning of the folders that Windows' chkdsk puts recovered pieces in; three digits follow.</summary>
    private const string LostPieces = "FOUND.";

    /// <summary>Names of files and folders; case does not matter. Those that begin with a dot need no entry.</summary>
    /// <remarks>The list has no name that could be a class.</remarks>
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", "Icon\r", "Network Trash Folder", "Temporary Items", "TheVolumeSettingsFolder", "TheFindByContentFolder",   // macOS
        "$RECYCLE.BIN", "System Volume Information",                                                                            // Windows
        "Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
        "lost+found",                                                                                                           // Linux
        "@eaDir", "#recycle", "#snapshot", "@tmp", "@sharebin",                                                                 // Synology
        "@Recycle", "@Recently-Snapshot",                                                                                       // QNAP
        "~snapshot",                                                                                                            // NetApp
        "__pycache__",                                                                                                          // Python
    };

    /// <summary>File name endings: Synology's streams, editors' backup copies, browsers' unfinished downloads.</summary>
    private static readonly string[] FileEndings =
        ["@SynoResource", "@SynoEAStream", "~", ".bak", ".orig", ".tmp", ".part", ".partial", ".crdownload", ".download"];

    /// <summary>What exiftool adds to the name of a file that it changed: <c>1.jpg_original</c>.</summary>
    private const string Original = "_original";

    /// <summary>The kind of clutter that a file or folder is, judged by its name; null if it may be data.</summary>
    public static string? Of(string name, bool isFolder) =>
        name.StartsWith('.') ? Dot
        : Names.TryGetValue(name, out var known) ? known.TrimEnd()
        : isFolder ? (IsLostPieces(name) ? LostPieces + "000" : null)
        : FileEndings.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) ? Backup
        : Path.GetExtension(name).EndsWith(Original, StringComparison.OrdinalIgnoreCase) ? Backup
        : null;

    private static bool IsLostPieces(string name) =>
        name.Length == LostPieces.Length + 3
        && name.StartsWith(LostPieces, StringComparison.OrdinalIgnoreCase)
        && name[LostPieces.Length..].All(char.IsAsciiDigit);
}
