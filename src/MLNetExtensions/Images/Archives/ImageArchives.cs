using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Archives;

/// <summary>Opens image files, and those inside a <c>.zip</c> by a path such as <c>photographs.zip/roses/1.jpg</c>.</summary>
/// <remarks>
/// An archive stays open for the images that follow, and a changed one is opened anew. Its entries are read one at a time, which costs less
/// than decoding them; nothing is unpacked to the disk.
/// </remarks>
internal static class ImageArchives
{
    private const string Ending = ".zip";
    private const int MostOpen = 8;

    private static readonly LinkedList<ImageArchive> Open = [];

    /// <summary>Why a name is never opened, since it stands for a pipe, a socket or a device; null if it may be.</summary>
    public static string? WhyNotOpened(string path) => Entry.KindOf(path) is EntryKind.NamedPipe or EntryKind.Socket or EntryKind.Device
        ? $"it is a {Entry.Describe(Entry.KindOf(path))}, which is never opened." : null;

    /// <summary>The archive and the entry that a path leads to; null if it leads into none.</summary>
    public static (string Archive, string Entry)? Find(string path)
    {
        for (var from = 0; path.IndexOf(Ending, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at; from = at + Ending.Length)
        {
            var end = at + Ending.Length;
            if (end < path.Length && path[end] is '/' or '\\' && Entry.KindOf(path[..end]) == EntryKind.File)
            {
                return (path[..end], path[(end + 1)..].Replace('\\', '/'));
            }
        }

        return null;
    }

    /// <summary>The bytes of an image in an archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="entry">Name of the image in it, with slashes.</param>
    /// <exception cref="IOException">The archive or the image cannot be read; the message is a sentence.</exception>
    /// <exception cref="UnauthorizedAccessException">The archive may not be opened.</exception>
    public static byte[] Read(string archive, string entry) => Take(archive).Read(entry);

    /// <summary>Size in bytes of an image, wherever it lies; 0 where it is missing.</summary>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    public static long SizeOf(string path) =>
        Find(path) is var (archive, entry) ? Take(archive).SizeOf(entry) : FileStamp.Of(path)?.Length ?? 0;

    /// <summary>Opens an image for reading, wherever it lies.</summary>
    /// <exception cref="IOException">It cannot be opened, or is a pipe, a socket or a device.</exception>
    public static Stream OpenRead(string path) =>
        Find(path) is var (archive, entry) ? new MemoryStream(Read(archive, entry), writable: false)
        : WhyNotOpened(path) is { } reason ? throw new IOException($"'{path}' cannot be read: {reason}")
        : File.OpenRead(path);

    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path) =>
        Find(path) is var (archive, entry) ? Read(archive, entry)
        : WhyNotOpened(path) is { } reason ? throw new IOException(reason)
        : File.ReadAllBytes(path);

    /// <summary>Whether a path leads to a file or to an image in an archive.</summary>
    public static bool Exists(string path) => File.Exists(path) || (Find(path) is var (archive, entry) && Take(archive).Has(entry));

    private static ImageArchive Take(string path)
    {
        var stamp = FileStamp.Of(path);
        lock (Open)
        {
            for (var node = Open.First; node is not null; node = node.Next)
            {
                if (node.Value.Path == path)
                {
                    Open.Remove(node);
                    if (node.Value.Stamp == stamp)
                    {
                        Open.AddFirst(node);
                        return node.Value;
                    }

                    node.Value.Dispose();
                    break;
                }
            }

            var opened = new ImageArchive(path, stamp);
            Open.AddFirst(opened);
            if (Open.Count > MostOpen)
            {
                Open.Last!.Value.Dispose();
                Open.RemoveLast();
            }

            return opened;
        }
    }
}
