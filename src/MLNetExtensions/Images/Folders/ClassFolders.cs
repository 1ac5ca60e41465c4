using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>The folders directly below a root; each is a class.</summary>
internal sealed class ClassFolders
{
    private readonly string _root;
    private readonly string _realRoot;
    private readonly LeftOut _leftOut;
    private readonly List<FolderEntry> _folders = [];

    private ClassFolders(string root, LeftOut leftOut) => (_root, _realRoot, _leftOut) = (root, RealPath.Of(root), leftOut);

    /// <summary>The folders and their real paths.</summary>
    public IReadOnlyList<FolderEntry> Folders => _folders;

    /// <summary>Finds the class folders of a root.</summary>
    /// <param name="root">Full path of the root.</param>
    /// <param name="leftOut">Counts the other entries of the root.</param>
    /// <exception cref="ImageDataException">There is an image beside them, or a folder's name is not valid UTF-8.</exception>
    public static ClassFolders Of(string root, LeftOut leftOut)
    {
        var classes = new ClassFolders(root, leftOut);
        var walk = new ImageWalk(root, leftOut, _ => false);
        var entries = PathOrder.Sort(FolderEntry.Of(root, classes._realRoot, leftOut), root, entry => entry.Path).ToList();
        classes._folders.AddRange(entries.Where(entry => entry.Kind == EntryKind.Folder));
        foreach (var entry in entries.Where(entry => entry.Kind != EntryKind.Folder))
        {
            var kind = entry.Kind == EntryKind.Link ? Entry.KindOf(entry.Path) : entry.Kind;
            if (kind == EntryKind.File && ImageWalk.IsImage(entry.Path))
            {
                throw new ImageDataException($"Image '{entry.Name}' lies directly in '{root}'; move it into the sub-folder of its class.");
            }

            if (kind == EntryKind.Folder && RealPath.Of(entry.Path) is var real && !classes.IsTaken(real))
            {
                classes._folders.Add(entry with { RealPath = real });
            }
            else
            {
                walk.LeaveOut(entry.Path, kind);
            }
        }

        return classes;
    }

    /// <summary>The images of one class folder, in no particular order.</summary>
    public IReadOnlyList<string> ImagesOf(FolderEntry folder, LeftOut leftOut) =>
        new ImageWalk(_root, leftOut, real => IsKnown(folder, real)).Below(folder.Path, folder.RealPath);

    /// <summary>Whether a link beside the class folders leads to a folder above it, or to a class that is already known.</summary>
    private bool IsTaken(string real) =>
        RealPath.IsAtOrBelow(_realRoot, real) || _folders.Exists(other => RealPath.IsAtOrBelow(real, other.RealPath));

    /// <summary>Whether a link in a class folder leads to a folder above it, or to images of another class.</summary>
    private bool IsKnown(FolderEntry folder, string real) =>
        RealPath.IsAtOrBelow(_realRoot, real)
        || _folders.Exists(other => RealPath.IsAtOrBelow(other.RealPath, real))
        || _folders.Exists(other => other != folder && RealPath.IsAtOrBelow(real, other.RealPath));
}
