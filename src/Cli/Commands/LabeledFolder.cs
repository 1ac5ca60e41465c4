using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLVision.Cli.Commands;

/// <summary>A folder with one sub-folder of images per class, as commands are given it.</summary>
internal static class LabeledFolder
{
    /// <summary>Reads the folder; what is left out is noted on standard error.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="optionsFor">The options to give instead where it is split into parts for training and validation.</param>
    /// <exception cref="ImageDataException">The folder is missing, empty or wrongly laid out.</exception>
    public static IReadOnlyList<LabeledImage> Read(string folder, Func<SplitFoldersException, string> optionsFor)
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

    /// <summary>The folder's own name, for a title.</summary>
    public static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is { Length: > 0 } name ? name : folder;

    /// <summary>The option of learning from parts.</summary>
    public static string LearningOptions(SplitFoldersException parts) =>
        Option("--data", parts.ToLearn ?? parts.ToValidate ?? parts.ToTest!);

    /// <summary>The options of a training on parts.</summary>
    public static string TrainingOptions(SplitFoldersException parts) =>
        LearningOptions(parts) + (parts is { ToLearn: not null, ToValidate: { } held } ? " " + Option("--validation", held) : "");

    /// <summary>The options of a measurement on parts.</summary>
    public static string MeasuringOptions(SplitFoldersException parts) =>
        Option("--data", parts.ToTest ?? parts.ToValidate ?? parts.ToLearn!);

    private static string Option(string name, string folder) =>
        folder.Contains(' ', StringComparison.Ordinal) ? $"{name} \"{folder}\"" : $"{name} {folder}";
}
