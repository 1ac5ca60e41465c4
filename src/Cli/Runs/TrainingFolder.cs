using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Runs;

/// <summary>
/// The folder that a training writes to. Nothing in it is lost without a word, and one training at a time writes to it.
/// </summary>
internal sealed class TrainingFolder : IDisposable
{
    /// <summary>The file of the folder from which an interrupted training goes on.</summary>
    public const string CheckpointName = "checkpoint.safetensors";

    /// <summary>The checkpoint before, which is taken where the newest is damaged.</summary>
    public const string PreviousName = "checkpoint.previous.safetensors";

    /// <summary>The file that the training which writes to the folder holds open. The system releases it with the process.</summary>
    public const string LockName = "training.lock";

    private static readonly string[] Results =
    [
        "model.zip", "model.onnx", "weights.safetensors", "classes.safetensors", "metrics.json", "metrics.csv", RunFile.Name, "report.html",
    ];

    private readonly OutputFolder _folder;
    private readonly FileStream _lock;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    private TrainingFolder(OutputFolder folder, FileStream heldOpen) => (_folder, _lock) = (folder, heldOpen);

    /// <summary>Where the checkpoint is, or would be.</summary>
    public string Checkpoint => PathOf(CheckpointName);

    /// <summary>Makes the folder where it is missing, and takes it for this training until disposal.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="resume">Whether a training in it goes on.</param>
    /// <param name="overwrite">Whether what it holds may be replaced.</param>
    /// <exception cref="ImageClassificationException">
    /// Another training writes to it, it holds what would be replaced, or nothing to resume.
    /// </exception>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static TrainingFolder Open(string path, bool resume, bool overwrite)
    {
        var folder = OutputFolder.Create(path);
        FileStream heldOpen;
        try
        {
            heldOpen = new FileStream(
                folder.PathOf(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            // The folder has just been written to, so that only a holder of the file can be in the way.
            throw new ImageClassificationException(
                $"Another training writes to '{path}': wait for its end, or choose another folder.", e);
        }

        var training = new TrainingFolder(folder, heldOpen);
        try
        {
            ThrowIfLost(path, training, resume, overwrite);
            return training;
        }
        catch
        {
            training.Dispose();
            throw;
        }
    }

    /// <summary>Where a file of the folder is.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>Writes a file and says so.</summary>
    public void Write(string name, Action<string> write)
    {
        _folder.Write(name, write);
        _written.Add(name);
    }

    /// <summary>Ends the training: removes its checkpoint, and what an earlier one left that this one did not write.</summary>
    public void Complete()
    {
        // A folder of such a name, in whose place a file could not be written, is not ours.
        string[] names = [.. Results, CheckpointName, PreviousName];
        foreach (var path in names.Where(name => !_written.Contains(name)).Select(PathOf).Where(File.Exists))
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        _folder.RemoveIfUnused();
    }

    private static void ThrowIfLost(string path, TrainingFolder folder, bool resume, bool overwrite)
    {
        var results = Results.Where(name => File.Exists(folder.PathOf(name))).ToList();
        var hasCheckpoint = File.Exists(folder.Checkpoint) || File.Exists(folder.PathOf(PreviousName));
        var why = (resume, overwrite, hasCheckpoint, results) switch
        {
            (true, _, true, _) or (false, true, _, _) => null,
            (true, _, false, ["model.zip", ..]) =>
                $"The training in '{path}' has ended and cannot be resumed, because its learning rates were planned for its epochs: to go "
                + $"on from its model, name it by --weights {Quoted(folder.PathOf("model.zip"))} and another folder by --out.",
            (true, _, false, _) =>
                $"There is no checkpoint in '{path}' to resume: leave --resume out to begin. The first is written after an epoch.",
            (_, _, true, _) =>
                $"The output folder '{path}' holds the checkpoint of an interrupted training: --resume goes on with it, --overwrite begins "
                + "anew.",
            (_, _, _, [_, ..]) =>
                $"The output folder '{path}' holds {InWords(results)}, which this training would replace: choose another folder, or add "
                + "--overwrite.",
            _ => null,
        };
        if (why is not null)
        {
            throw new ImageClassificationException(why);
        }
    }

    private static string InWords(List<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
