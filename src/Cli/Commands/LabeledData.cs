using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Images.Manifests;

namespace MLVision.Cli.Commands;

/// <summary>Labelled images as commands are given them: a folder with one sub-folder per class, or a manifest.</summary>
internal static class LabeledData
{
    /// <summary>Description of the option <c>--data</c>.</summary>
    public const string Description =
        "Folder with one sub-folder of images per class, or a manifest: a .csv or .jsonl with image and label.";

    /// <summary>Reads the images to learn from. Of a manifest these are those of its split 'train'.</summary>
    /// <inheritdoc cref="ReadToTrain"/>
    public static IReadOnlyList<LabeledImage> ReadToLearn(string data) => ImageManifest.IsNamedSo(data)
        ? ReadManifest(data) is { Train: { Count: > 0 } images } ? images : throw NoneToLearn(data)
        : ReadFolder(data, LearningOptions);

    /// <summary>Reads the images to learn from, and those that a manifest has for validation; these are null where it has none.</summary>
    /// <param name="data">A folder, or a manifest.</param>
    /// <param name="validation">A folder or manifest of images for validation; null where none is given.</param>
    /// <param name="cancellationToken">Stops the search for images that are in two parts.</param>
    /// <exception cref="ImageDataException">
    /// The data are missing, empty or wrongly laid out, or share an image between parts, or validation is given twice.
    /// </exception>
    public static (IReadOnlyList<LabeledImage> Images, IReadOnlyList<LabeledImage>? Validation) ReadToTrain(
        string data, string? validation, CancellationToken cancellationToken)
    {
        var given = validation is null ? null
            : ImageManifest.IsNamedSo(validation) ? All(validation) : ReadFolder(validation, TrainingOptions);
        if (!ImageManifest.IsNamedSo(data))
        {
            return (ReadFolder(data, TrainingOptions), given);
        }

        var images = ReadManifest(data);
        if (images.Train.Count == 0)
        {
            throw NoneToLearn(data);
        }

        if (given is not null && images.Validation.Count > 0)
        {
            throw new ImageDataException(
                $"The manifest '{data}' has rows of the split 'validation', and --validation is given, too: use one of them.");
        }

        if (images.IsSplit)
        {
            images.ThrowIfPartsShareImages(cancellationToken);
        }

        if (images.Test.Count > 0)
        {
            Notes.Say($"{Counted.Of(images.Test.Count, "image")} of the split 'test' {(images.Test.Count == 1 ? "is" : "are")} left out; "
                + "'mlvision evaluate' takes them.");
        }

        return (images.Train, given ?? (images.Validation is { Count: > 0 } held ? held : null));
    }

    /// <summary>Reads the images to measure a model with. Of a manifest these are those of its split 'test', else of 'validation', else
    /// all.</summary>
    /// <inheritdoc cref="ReadToTrain"/>
    public static IReadOnlyList<LabeledImage> ReadToMeasure(string data)
    {
        if (!ImageManifest.IsNamedSo(data))
        {
            return ReadFolder(data, MeasuringOptions);
        }

        var images = ReadManifest(data);
        var (part, taken) = images.Test.Count > 0 ? ("test", images.Test) : images.Validation.Count > 0 ? ("validation", images.Validation)
            : ("train", images.Train);
        if (images.IsSplit)
        {
            Notes.Say($"Measured with the split '{part}': {Counted.Of(taken.Count, "image")}.");
        }

        return taken;
    }

    /// <summary>Lists the images, labelled or not.</summary>
    /// <inheritdoc cref="ReadToTrain"/>
    public static IReadOnlyList<string> ListImages(string data) => ImageManifest.IsNamedSo(data)
        ? [.. ImageManifest.Open(data).Rows().Select(row => row.ImagePath)]
        : ImageFolder.ListFiles(data, new NotesLogger());

    /// <summary>The folder that images lie in: that of a manifest, or the one given.</summary>
    public static string FolderOf(string data) => ImageManifest.IsNamedSo(data) ? Path.GetDirectoryName(Path.GetFullPath(data))! : data;

    /// <summary>The own name of a folder or manifest, for a title.</summary>
    public static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { Length: > 0 } name ? name : folder;

    private static IReadOnlyList<LabeledImage> ReadFolder(string folder, Func<SplitFoldersException, string> optionsFor)
    {
        try
        {
            return ImageFolder.Read(folder, new NotesLogger());
        }
        catch (SplitFoldersException e)
        {
            throw new ImageDataException($"{e.Description}: did you mean {optionsFor(e)}?", e);
        }
    }

    private static ManifestImages ReadManifest(string path) => ImageManifest.Open(path).ReadLabeled(new NotesLogger());

    private static IReadOnlyList<LabeledImage> All(string path) => ReadManifest(path) is var images
        ? [.. images.Train, .. images.Validation, .. images.Test] : [];

    private static ImageDataException NoneToLearn(string data) => new($"The manifest '{data}' has no row of the split 'train'.");

    /// <summary>The option of learning from parts.</summary>
    private static string LearningOptions(SplitFoldersException parts) =>
        Option("--data", parts.ToLearn ?? parts.ToValidate ?? parts.ToTest!);

    /// <summary>The options of a training on parts.</summary>
    private static string TrainingOptions(SplitFoldersException parts) =>
        LearningOptions(parts) + (parts is { ToLearn: not null, ToValidate: { } held } ? " " + Option("--validation", held) : "");

    /// <summary>The options of a measurement on parts.</summary>
    private static string MeasuringOptions(SplitFoldersException parts) =>
        Option("--data", parts.ToTest ?? parts.ToValidate ?? parts.ToLearn!);

    private static string Option(string name, string folder) =>
        folder.Contains(' ', StringComparison.Ordinal) ? $"{name} \"{folder}\"" : $"{name} {folder}";
}
