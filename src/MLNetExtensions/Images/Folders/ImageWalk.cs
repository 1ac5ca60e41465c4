using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Finds the images below a folder; the only place that decides what counts as data.</summary>
/// <remarks>
/// An image is a regular file with an image's name ending, or with an image's first bytes. Each folder is visited once, by its real path.
/// An image that is also reachable through links is counted once, under its own path. Everything else is left out and counted.
/// </remarks>
/// <param name="root">Full path of the folder that reported names are relative to.</param>
/// <param name="leftOut">Counts what is left out.</param>
/// <param name="isKnown">Whether a link to a folder (given by its real path) leads to something that is visited elsewhere.</param>
internal sealed class ImageWalk(string root, LeftOut leftOut, Func<string, bool> isKnown)
{
    private readonly List<FolderEntry> _images = [];
    private readonly HashSet<string> _folders = [];
    private readonly List<FolderEntry> _links = [];

    /// <summary>The paths of the images below a folder, in no particular order.</summary>
    /// <exception cref="ImageDataException">A folder's name is not valid UTF-8.</exception>
    public IReadOnlyList<string> Below(string folder, string realFolder)
    {
        Visit(folder, realFolder);
        FollowFiles(FollowFolders());
        return [.. _images.Select(image => image.Path)];
    }

    /// <summary>Whether a file is an image: by its name, otherwise by its first bytes.</summary>
    public static bool IsImage(string path) => HasImageEnding(path) || ImageSignature.IsIn(path);

    /// <summary>Counts what a path below the root leads to as left out.</summary>
    public void LeaveOut(string path, EntryKind kind)
    {
        var name = PathOrder.Relative(root, path);
        switch (kind)
        {
            case EntryKind.File:
                leftOut.NotAnImage(name);
                break;
            case EntryKind.Folder:
                leftOut.CountedAlready(name);
                break;
            case EntryKind.Missing:
                leftOut.BrokenLink(name);
                break;
            default:
                leftOut.NotAFile(name, kind);
                break;
        }
    }

    private static bool HasImageEnding(string path) => ImageFolder.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Collects the images of a folder and its sub-folders; links are kept for later.</summary>
    private void Visit(string folder, string realFolder)
    {
        var ahead = new Stack<(string Path, string Real)>([(folder, realFolder)]);
        while (ahead.TryPop(out var next))
        {
            _folders.Add(next.Real);
            foreach (var entry in FolderEntry.Of(next.Path, next.Real, leftOut))
            {
                switch (entry.Kind)
                {
                    case EntryKind.Folder when !_folders.Contains(entry.RealPath):
                        ahead.Push((entry.Path, entry.RealPath));
                        break;
                    case EntryKind.Link:
                        _links.Add(entry);
                        break;
                    case EntryKind.File when IsImage(entry.Path):
                    case EntryKind.Missing when Entry.IsNotUtf8(entry.Name) && HasImageEnding(entry.Name):
                        _images.Add(entry);     // its reader will report what is wrong
                        break;
                    default:
                        LeaveOut(entry.Path, entry.Kind == EntryKind.Missing && Entry.IsNotUtf8(entry.Name) ? EntryKind.File : entry.Kind);
                        break;
                }
            }
        }
    }

    /// <summary>Visits the folders that links lead to, and those that links inside them lead to; returns the links to files.</summary>
    private List<FolderEntry> FollowFolders()
    {
        var toFiles = new List<FolderEntry>();
        while (_links.Count > 0)
        {
            var links = PathOrder.Sort(_links, root, link => link.Path).ToList();
            _links.Clear();
            foreach (var link in links)
            {
                var kind = Entry.KindOf(link.Path);
                if (kind == EntryKind.File)
                {
                    toFiles.Add(link);
                }
                else if (kind == EntryKind.Folder && RealPath.Of(link.Path) is var real && !isKnown(real) && !_folders.Contains(real))
                {
                    Visit(link.Path, real);
                }
                else
                {
                    LeaveOut(link.Path, kind);
                }
            }
        }

        return toFiles;
    }

    private void FollowFiles(List<FolderEntry> links)
    {
        var files = links.Count > 0 ? _images.Select(image => image.RealPath).ToHashSet(StringComparer.Ordinal) : [];
        foreach (var link in PathOrder.Sort(links, root, link => link.Path))
        {
            if (!IsImage(link.Path))
            {
                LeaveOut(link.Path, EntryKind.File);
            }
            else if (files.Add(RealPath.Of(link.Path)))
            {
                _images.Add(link);
            }
            else
            {
                leftOut.CountedAlready(PathOrder.Relative(root, link.Path));
            }
        }
    }
}
