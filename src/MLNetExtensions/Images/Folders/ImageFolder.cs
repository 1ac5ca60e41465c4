using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Reads the usual layout of labelled images: a root folder with one sub-folder per class.</summary>
/// <remarks>
/// What counts as data is the same for every reader of folders. Images are regular files, or links to such, whose name has an image's
/// ending or whose first bytes are those of a JPEG, PNG, BMP, GIF or WebP. Left out are: names that begin with a dot; what systems and
/// servers leave behind (<c>__MACOSX</c>, <c>@eaDir</c>, <c>$RECYCLE.BIN</c>, <c>Thumbs.db</c>, …); other files, pipes and devices; and
/// links that lead nowhere or to something that is counted already. The order is the same on every system: classes by name, then images by
/// their path below the root with slashes, both compared ordinally in Unicode's normal form C.
/// </remarks>
/// <example>
/// <code>
/// foreach (LabeledImage image in ImageFolder.Read("flowers"))
///     Console.WriteLine($"{image.ImagePath} is a {image.Label}");
/// </code>
/// </example>
public static class ImageFolder
{
    /// <summary>File name endings of images that are trusted without looking inside, in lower case with the dot.</summary>
    public static IReadOnlyCollection<string> Extensions { get; } =
        [".jpg", ".jpeg", ".jfif", ".jpe", ".jfi", ".jif", ".png", ".bmp", ".gif", ".webp"];

    /// <summary>Lists the images below <paramref name="folder"/>.</summary>
    /// <remarks>
    /// The names of the direct sub-folders are the classes, in Unicode's normal form C: two names that differ only in their Unicode form
    /// are one class. Images in deeper folders belong to the class folder above them. No image is decoded.
    /// </remarks>
    /// <param name="folder">The root.</param>
    /// <param name="logger">Receives one line about what was left out; null for no log.</param>
    /// <exception cref="ImageDataException">
    /// The folder is missing or has no class folders; an image lies beside the class folders; a class folder is empty; two class names
    /// differ only in case, which some file systems cannot keep apart; the folders are the parts of a data set (training, validation)
    /// instead of classes; a folder's name is not valid UTF-8.
    /// </exception>
    /// <exception cref="SplitFoldersException">The folders are the parts of a data set, training and validation, not classes.</exception>
    public static IReadOnlyList<LabeledImage> Read(string folder, ILogger? logger = null)
    {
        var root = FullPath(folder);
        if (SplitFolders.Of(folder) is { } parts)
        {
            throw new SplitFoldersException(parts);
        }

        var leftOut = new LeftOut();
        var folders = ClassFolders.Of(root, leftOut);
        if (folders.Folders.Count == 0)
        {
            throw new ImageDataException(WithReason($"'{folder}' holds no images: expected one sub-folder of images per class.", leftOut));
        }

        var classes = folders.Folders.GroupBy(entry => NormalForm.Of(entry.Name))
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        ThrowIfNamesDifferOnlyInCase(folder, classes.Select(group => group.Key));
        List<LabeledImage> images =
        [
            .. from label in classes
               from path in PathOrder.Sort(label.SelectMany(entry => ImagesOf(folders, entry, leftOut)), root, path => path)
               select new LabeledImage { ImagePath = path, Label = label.Key },
        ];
        Tell(logger, folder, leftOut);
        if (classes.Count == 1)
        {
            WarnIfOneFolderTooHigh(logger, folders.Folders[0], images);
        }

        return images;
    }

    /// <summary>Lists the image files in a folder and below it, in order, whatever its sub-folders mean.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="logger">Told in a line what was left out; no one where null.</param>
    /// <exception cref="ImageDataException">The folder is missing or holds no images.</exception>
    public static IReadOnlyList<string> ListFiles(string folder, ILogger? logger = null)
    {
        var leftOut = new LeftOut();
        var files = ListFiles(folder, leftOut);
        if (files.Count == 0)
        {
            throw new ImageDataException(WithReason($"'{folder}' holds no images: expected {LeftOut.Formats}.", leftOut));
        }

        Tell(logger, folder, leftOut);
        return files;
    }

    /// <summary>Lists the images that a name stands for: a file, a folder, or a pattern such as <c>roses/*.jpg</c>.</summary>
    /// <remarks>
    /// An existing file or folder is used, whatever its name. A file that is named is taken as it is, image or not. In a pattern a star
    /// stands for any characters, a question mark for one, and brackets for one of those in them.
    /// </remarks>
    /// <param name="name">The name.</param>
    /// <param name="logger">Told in a line what was left out; no one where null.</param>
    /// <returns>Paths that begin as the name does; those of a folder or a pattern in order.</returns>
    /// <exception cref="ImageDataException">
    /// A folder or a pattern gives no images, or the name is that of a pipe or a device.
    /// </exception>
    public static IReadOnlyList<string> Find(string name, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return [.. NamedImages.Find(name, logger)];
    }

    /// <summary>
    /// Whether what is written to a place would lie among the images of a folder, where the next reader takes it for data.
    /// </summary>
    /// <param name="folder">A folder of images.</param>
    /// <param name="path">The file or folder to write, which need not exist. Links are followed, those in the folder, too.</param>
    /// <exception cref="IOException">The links at a path lead in a circle, or the folder cannot be read.</exception>
    public static bool WouldHold(string folder, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var real = RealPath.Of(path);
        return new DirectoryInfo(folder).EnumerateDirectories()
            .Where(entry => entry.LinkTarget is not null)
            .Select(entry => entry.FullName)
            .Prepend(folder)
            .Any(place => RealPath.IsAtOrBelow(real, RealPath.Of(place)));
    }

    /// <summary>Lists the image files in a folder and below it, in order; there may be none.</summary>
    /// <exception cref="ImageDataException">The folder is missing.</exception>
    internal static IReadOnlyList<string> ListFiles(string folder, LeftOut leftOut)
    {
        var root = FullPath(folder);
        var realRoot = RealPath.Of(root);
        var walk = new ImageWalk(root, leftOut, real => RealPath.IsAtOrBelow(realRoot, real));
        return [.. PathOrder.Sort(walk.Below(root, realRoot), root, path => path)];
    }

    private static string FullPath(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return Directory.Exists(folder)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))
            : throw new ImageDataException(File.Exists(folder)
                ? $"'{folder}' is a file; expected a folder of images, or a manifest whose name ends in .csv or .jsonl."
                : $"The image folder '{folder}' does not exist.");
    }

    private static void ThrowIfNamesDifferOnlyInCase(string folder, IEnumerable<string> classes)
    {
        if (classes.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twins)
        {
            var names = string.Join(" and ", twins.Select(name => $"'{name}'"));
            throw new ImageDataException($"The classes {names} in '{folder}' differ only in case; rename or merge them.");
        }
    }

    private static IReadOnlyList<string> ImagesOf(ClassFolders folders, FolderEntry folder, LeftOut leftOut)
    {
        var ofClass = new LeftOut();
        var images = folders.ImagesOf(folder, ofClass);
        leftOut.Add(ofClass);
        return images.Count > 0
            ? images
            : throw new ImageDataException(
                WithReason($"The class folder '{folder.Path}' holds no images; add some or remove the folder.", ofClass));
    }

    private static string WithReason(string sentence, LeftOut leftOut) => $"{sentence} {leftOut}".TrimEnd();

    /// <summary>Logs what was left out, if anything was.</summary>
    internal static void Tell(ILogger? logger, string folder, LeftOut leftOut)
    {
        if (leftOut.ToString().Length > 0)
        {
            FolderLog.Read(logger ?? NullLogger.Instance, folder, leftOut);
        }
    }

    private static void WarnIfOneFolderTooHigh(ILogger? logger, FolderEntry only, IEnumerable<LabeledImage> images)
    {
        const int MostNamed = 3;
        var below = images.Select(image => PathOrder.Relative(only.Path, image.ImagePath)).Select(path => path.Split('/')).ToList();
        var folders = below.Select(path => path[0]).Distinct().ToList();
        if (folders.Count > 1 && below.TrueForAll(path => path.Length > 1))
        {
            var named = string.Join(", ", folders.Take(MostNamed)) + (folders.Count > MostNamed ? ", …" : "");
            FolderLog.OneFolderTooHigh(logger ?? NullLogger.Instance, only.Name, named, only.Path);
        }
    }
}
