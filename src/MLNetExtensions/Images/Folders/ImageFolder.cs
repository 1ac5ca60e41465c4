namespace MLNetExtensions;

/// <summary>Reads the usual layout of labelled images: a root folder with one sub-folder per class.</summary>
public static class ImageFolder
{
    /// <summary>File name endings that count as images, in lower case with the dot.</summary>
    public static IReadOnlyCollection<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    /// <summary>Lists the images below <paramref name="folder"/>, classes and files in ordinal order.</summary>
    /// <remarks>
    /// The names of the direct sub-folders are the classes; images deeper down belong to the class they lie under. Files that are
    /// no images by their ending, and folders whose name begins with a dot, are passed over. No image is opened.
    /// </remarks>
    /// <exception cref="ImageDataException">
    /// The folder is missing or holds no class folders; an image lies beside the class folders; a class folder is empty; two
    /// class names differ only in case, which a file system that ignores case could not keep apart.
    /// </exception>
    public static IReadOnlyList<LabeledImage> Read(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var root = new DirectoryInfo(folder);
        if (!root.Exists)
        {
            throw new ImageDataException($"The image folder '{folder}' does not exist.");
        }

        if (root.EnumerateFiles().FirstOrDefault(IsImage) is { } stray)
        {
            throw new ImageDataException(
                $"Image '{stray.Name}' lies directly in '{folder}'; move it into the sub-folder of its class.");
        }

        var classes = FoldersOf(root).OrderBy(d => d.Name, StringComparer.Ordinal).ToList();
        if (classes.Count == 0)
        {
            throw new ImageDataException($"'{folder}' holds no images: expected one sub-folder of images per class.");
        }

        ThrowIfNamesDifferOnlyInCase(folder, classes);
        return [.. classes.SelectMany(ImagesOfClass)];
    }

    /// <summary>Lists the image files in a folder and below it, in ordinal order, whatever the sub-folders stand for.</summary>
    /// <exception cref="ImageDataException">The folder is missing or holds no images.</exception>
    internal static IReadOnlyList<string> ListFiles(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var root = new DirectoryInfo(folder);
        if (!root.Exists)
        {
            throw new ImageDataException($"The image folder '{folder}' does not exist.");
        }

        string[] files = [.. ImagesBelow(root).Select(file => file.FullName).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new ImageDataException($"'{folder}' holds no images: expected files that end in {string.Join(", ", Extensions)}.");
    }

    private static void ThrowIfNamesDifferOnlyInCase(string folder, IEnumerable<DirectoryInfo> classes)
    {
        if (classes.GroupBy(d => d.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twins)
        {
            var names = string.Join(" and ", twins.Select(d => $"'{d.Name}'"));
            throw new ImageDataException($"The classes {names} in '{folder}' differ only in case; rename or merge them.");
        }
    }

    private static List<LabeledImage> ImagesOfClass(DirectoryInfo directory)
    {
        var images = ImagesBelow(directory)
            .Select(file => file.FullName)
            .Order(StringComparer.Ordinal)
            .Select(path => new LabeledImage { ImagePath = path, Label = directory.Name })
            .ToList();
        return images.Count > 0
            ? images
            : throw new ImageDataException($"The class folder '{directory.FullName}' holds no images; add some or remove the folder.");
    }

    private static IEnumerable<FileInfo> ImagesBelow(DirectoryInfo directory) =>
        directory.EnumerateFiles().Where(IsImage).Concat(FoldersOf(directory).SelectMany(ImagesBelow));

    private static IEnumerable<DirectoryInfo> FoldersOf(DirectoryInfo directory) =>
        directory.EnumerateDirectories().Where(d => !d.Name.StartsWith('.'));

    private static bool IsImage(FileInfo file) => Extensions.Contains(file.Extension.ToLowerInvariant());
}
