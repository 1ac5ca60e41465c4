using System.IO.Enumeration;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>A name in a folder that is being searched, and what it stands for.</summary>
/// <param name="Name">The name.</param>
/// <param name="Path">The path through which it was reached.</param>
/// <param name="RealPath">The path with all links resolved.</param>
/// <param name="Kind">What the name itself stands for; links are not followed.</param>
internal sealed record FolderEntry(string Name, string Path, string RealPath, EntryKind Kind)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>The entries of a folder except clutter, in no particular order.</summary>
    /// <exception cref="ImageDataException">A folder's name is not valid UTF-8.</exception>
    public static List<FolderEntry> Of(string folder, string realFolder, LeftOut leftOut)
    {
        var names = new FileSystemEnumerable<(string Name, bool IsFolder)>(
            folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), Everything);
        var entries = new List<FolderEntry>();
        foreach (var (name, isFolder) in names)
        {
            if (Clutter.Of(name, isFolder) is { } clutter)
            {
                leftOut.Clutter(clutter);
                continue;
            }

            var path = System.IO.Path.Combine(folder, name);
            var kind = Entry.OwnKindOf(path);
            if (kind == EntryKind.Missing && isFolder && Entry.IsNotUtf8(name))
            {
                throw new ImageDataException($"The name of the folder '{name}' in '{folder}' is not valid UTF-8: rename it.");
            }

            entries.Add(new FolderEntry(name, path, System.IO.Path.Combine(realFolder, name), kind));
        }

        return entries;
    }
}
