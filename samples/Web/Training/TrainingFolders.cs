using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;

namespace Web.Training;

/// <summary>The folders below the root of what may be learned from.</summary>
/// <remarks>
/// A name that leads out of the root is refused, whether by <c>..</c>, as a path from the disk's root, or over a link, and so is a folder
/// in which a link stands: what it shows may lie anywhere.
/// </remarks>
internal sealed class TrainingFolders(Settings settings)
{
    private const int Deepest = 3;
    private const int MostVisited = 2000;
    private const int MostListed = 200;

    private readonly string? _root = settings.Training.Root is { } root ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) : null;

    /// <summary>Whether there is a root.</summary>
    public bool IsThere => _root is not null && Directory.Exists(_root);

    /// <summary>The root, for a sentence; empty where there is none.</summary>
    public string Root => _root ?? "";

    /// <summary>Folders that look like one sub-folder of images for each class, by name.</summary>
    public IReadOnlyList<TrainingFolder> List()
    {
        var found = new List<TrainingFolder>();
        var ahead = new Queue<(string Path, int Depth)>(IsThere ? [(_root!, 0)] : []);
        for (var visited = 0; visited < MostVisited && found.Count < MostListed && ahead.TryDequeue(out var folder); visited++)
        {
            var inside = FoldersIn(folder.Path);
            var classes = inside.Count(HoldsImages);
            if (classes >= 2)
            {
                found.Add(new TrainingFolder(NameOf(folder.Path), classes));
            }
            else if (folder.Depth < Deepest)
            {
                inside.ForEach(path => ahead.Enqueue((path, folder.Depth + 1)));
            }
        }

        return [.. found.OrderBy(folder => folder.Name, StringComparer.Ordinal)];
    }

    /// <summary>The images of a folder below the root.</summary>
    /// <param name="name">Its path below the root; <c>.</c> is the root itself.</param>
    /// <exception cref="RefusedTrainingException">It lies outside the root, is missing, or has no classes.</exception>
    public IReadOnlyList<LabeledImage> Read(string name)
    {
        var path = Resolve(name);
        try
        {
            var images = ImageFolder.Read(path);
            ThrowIfLinked(name, images);
            return images;
        }
        catch (SplitFoldersException e)
        {
            throw Refusal($"{e.Description}: choose one of them.");
        }
        catch (ImageDataException e)
        {
            throw Refusal(WithoutRoot(e.Message.Replace(path, name, StringComparison.Ordinal)));
        }
    }

    /// <summary>A message without the place of the root, which is nobody's business who trains from another machine.</summary>
    public string WithoutRoot(string message) =>
        _root is null ? message : message.Replace(_root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    private string Resolve(string name)
    {
        if (!IsThere)
        {
            throw Refusal("There is no folder to learn from: set Training:Root to one.");
        }

        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw Refusal("Choose a folder to learn from.");
        }

        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(_root!, name)));
        if (path != _root && !path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Refusal($"'{name}' lies outside the folder that may be learned from.");
        }

        if (!Directory.Exists(path))
        {
            throw Refusal($"There is no folder '{name}' to learn from.");
        }

        return IsReachedByLink(path) ? throw Linked(name) : path;
    }

    private void ThrowIfLinked(string name, IReadOnlyList<LabeledImage> images)
    {
        var folders = images.Select(image => Path.GetDirectoryName(image.ImagePath)!).Distinct(StringComparer.Ordinal);
        if (folders.Any(IsReachedByLink) || images.Any(image => IsLink(image.ImagePath)))
        {
            throw Linked(name);
        }
    }

    /// <summary>Whether a folder below the root, or one between them, is a link.</summary>
    private bool IsReachedByLink(string path)
    {
        for (var part = path; part.Length > _root!.Length; part = Path.GetDirectoryName(part)!)
        {
            if (IsLink(part))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLink(string path) => (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;

    private static RefusedTrainingException Linked(string name) =>
        Refusal($"'{name}' has links in it or leads over one, which may show anything: copy the images into the folder itself.");

    private static RefusedTrainingException Refusal(string message) => new(StatusCodes.Status400BadRequest, message);

    private string NameOf(string path) =>
        path == _root ? "." : Path.GetRelativePath(_root!, path).Replace(Path.DirectorySeparatorChar, '/');

    private static List<string> FoldersIn(string path)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(path)
                .Where(folder => !Path.GetFileName(folder).StartsWith('.') && !IsLink(folder)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read cannot be learned from.
            return [];
        }
    }

    private static bool HoldsImages(string path)
    {
        try
        {
            return Directory.EnumerateFiles(path).Any(file => ImageFolder.Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
