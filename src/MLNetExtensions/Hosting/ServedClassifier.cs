using System.Diagnostics.Metrics;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>A classifier that follows its file: a changed file is loaded while the old model stays in use, and then replaces it.</summary>
/// <remarks>
/// Running calls finish on the model they began with, which is disposed after the last of them. If a file cannot be loaded or is deleted,
/// only <see cref="Failure"/> and the log change.
/// </remarks>
internal sealed class ServedClassifier : IDisposable
{
    private readonly ImageClassifierServiceOptions _options;
    private readonly string _path;
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly IMeterFactory? _meters;
    private readonly IDisposable? _files;
    private readonly IDisposable? _watch;
    private readonly ITimer _settling;
    private readonly Lock _settlingLock = new();
    private readonly Lock _loadingLock = new();
    private FileStamp? _seen;
    private volatile string? _failure;

    /// <summary>Loads the file and watches it.</summary>
    /// <param name="name">The name it is registered by; empty for the classifier without a name.</param>
    /// <param name="options">The file, and how to score; validated already.</param>
    /// <param name="logger">Receives messages about the device and about reloads.</param>
    /// <param name="time">Measures how long a file has not changed.</param>
    /// <param name="meters">Makes the meter of the measurements; null for one that the whole process shares.</param>
    /// <param name="changes">Makes a token that fires once, at the file's next change; null to poll the file system.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an image classifier.</exception>
    public ServedClassifier(
        string name, ImageClassifierServiceOptions options, ILogger logger, TimeProvider time, IMeterFactory? meters = null,
        Func<IChangeToken>? changes = null)
    {
        (_options, _logger, _meters) = (options, logger, meters);
        _path = Path.GetFullPath(options.ModelPath);
        _name = name.Length > 0 ? name : Path.GetFileName(_path);
        _seen = FileStamp.Of(_path);
        Classifier = new ImageClassifier(Load());
        _settling = time.CreateTimer(_ => TakeOverIfSettled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.ReloadOnChange)
        {
            (_files, changes) = changes is null ? Poll(_path) : (null, changes);
            _watch = ChangeToken.OnChange(changes, OnChanged);
            if (FileStamp.Of(_path) != _seen)
            {
                OnChanged();    // the file may have changed between loading and watching
            }
        }
    }

    /// <summary>The classifier; it always uses the newest model that could be loaded.</summary>
    public ImageClassifier Classifier { get; }

    /// <summary>Why the newest file could not be loaded; null if it is in use.</summary>
    public string? Failure => _failure;

    /// <summary>Stops watching and disposes the classifier.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _settling.Dispose();
        _files?.Dispose();
        Classifier.Dispose();
    }

    private static (IDisposable Files, Func<IChangeToken> Changes) Poll(string path)
    {
        var files = new PhysicalFileProvider(Path.GetDirectoryName(path)!, ExclusionFilters.None)
        {
            UsePollingFileWatcher = true,
            UseActivePolling = true,
        };
        return (files, () => files.Watch(Path.GetFileName(path)));
    }

    private LoadedModel Load() => ImageClassifier.LoadModel(
        _path, _options.Scoring with { Logger = _options.Scoring.Logger ?? _logger, MeterFactory = _meters }, _name);

    private void OnChanged()
    {
        lock (_settlingLock)
        {
            _seen = FileStamp.Of(_path);
            _settling.Change(_options.ReloadDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The delay is over: loads the file if it has not changed meanwhile, otherwise waits again.</summary>
    private void TakeOverIfSettled()
    {
        lock (_settlingLock)
        {
            if (FileStamp.Of(_path) is var now && now != _seen)
            {
                _seen = now;
                _settling.Change(_options.ReloadDelay, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        lock (_loadingLock)
        {
            TakeOver();
        }
    }

    private void TakeOver()
    {
        try
        {
            var model = Load();
            Classifier.Replace(model);
            _failure = null;
            ServedClassifierLog.Reloaded(_logger, _path, model.Metadata.Architecture, model.Metadata.Labels.Count);
        }
        catch (Exception e)
        {
            // Whatever is wrong with the new file, the old model is sound and stays in use; nobody else would catch what a timer throws.
            var reason = e is OutOfMemoryException ? "There is not enough memory for it beside the model in use." : e.Message;
            _failure = reason;
            ServedClassifierLog.KeptOld(_logger, _path, reason);
        }
    }
}
