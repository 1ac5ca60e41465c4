using MLVision.Cli.Options;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Training.Results;
using Tensorboard;

namespace MLVision.Cli.Output.Curves;

/// <summary>Writes a training's epochs to a folder, as curves for TensorBoard; a step is an epoch, counted over all phases.</summary>
/// <remarks>
/// A training that is resumed writes its file anew, with the epochs before, so that no reader sees a step twice. A disk that is full ends
/// the curves, not the training.
/// </remarks>
internal sealed class LearningCurves : IProgress<EpochSummary>, IDisposable
{
    private const string Beginning = "events.out.tfevents.";
    private const string Ending = ".mlvision";

    private readonly string _path;
    private readonly OutputFolder _folder;
    private EventFile? _file;
    private int _step;
    private bool _isGivenUp;

    private LearningCurves(string path, OutputFolder folder) => (_path, _folder) = (path, folder);

    /// <summary>Makes the folder where it is missing; what it holds stays until the first epoch is written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mayReplace">Whether curves of ours in it are replaced: this training goes on with them, or was told to.</param>
    /// <exception cref="ImageClassificationException">It holds the curves of another training.</exception>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static LearningCurves Open(string path, bool mayReplace)
    {
        var found = Directory.Exists(path) ? Directory.GetFiles(path, Beginning + "*") : [];
        if (found.Where(file => !mayReplace || !file.EndsWith(Ending, StringComparison.Ordinal)).Select(Path.GetFileName).FirstOrDefault()
            is { } other)
        {
            throw new ImageClassificationException(
                $"The folder '{path}' holds the curves of another training ({other}), and TensorBoard would mix them: choose another folder"
                + (other.EndsWith(Ending, StringComparison.Ordinal) ? ", or add --overwrite." : "."));
        }

        return new LearningCurves(path, OutputFolder.Create(path));
    }

    public void Report(EpochSummary value)
    {
        if (_isGivenUp)
        {
            return;
        }

        try
        {
            _file ??= Begin();
            _step++;
            _file.Write(new Event { Step = _step, Summary = SummaryOf(value) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isGivenUp = true;
            Notes.Write($"The curves for TensorBoard end here, and the training goes on: {e.Message}");
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _folder.RemoveIfUnused();
    }

    private EventFile Begin()
    {
        foreach (var old in Directory.GetFiles(_path, $"{Beginning}*{Ending}"))
        {
            File.Delete(old);
        }

        // TensorBoard reads the files of a folder in the order of their names.
        return new EventFile(_folder.PathOf($"{Beginning}{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}{Ending}"));
    }

    private static Summary SummaryOf(EpochSummary epoch)
    {
        var summary = new Summary();
        Add("loss/training", epoch.Loss);
        Add("loss/validation", epoch.ValidationLoss);
        Add("accuracy/training", epoch.Accuracy);
        Add("accuracy/validation", epoch.ValidationAccuracy);
        Add("learning rate", epoch.LearningRate);
        Add("images per second", epoch.ImagesPerSecond);
        return summary;

        void Add(string tag, double? number)
        {
            if (number is { } value)
            {
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
            }
        }
    }
}
