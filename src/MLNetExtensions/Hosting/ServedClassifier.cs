using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>A classifier that follows its file: a changed file is loaded beside the model at work and then takes over.</summary>
/// <remarks>
/// Calls in flight finish on the model they began with, which ends after the last of them. A file that cannot be loaded, or is gone,
/// changes nothing but what <see cref="Failure"/> and the log say.
/// </remarks>
internal sealed class ServedClassifier : IDisposable
{
    private readonly ImageClassifierServiceOptions _options;
    private readonly string _path;
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly IDisposable? _files;
    private readonly IDisposable? _watch;
    private readonly ITimer _settling;
    private readonly Lock _settlingLock = new();
    private readonly Lock _loadingLock = new();
    private FileStamp? _seen;
    private volatile string? _failure;

    /// <summary>Loads the file and watches it.</summary>
    /// <param name="name">The name it is registered by, empty for the one without a name.</param>
    /// <param name="options">The file, and how to score.</param>
    /// <param name="logger">Hears of devices and reloads.</param>
    /// <param name="time">What measures how long a file has rested.</param>
    /// <param name="changes">Makes a token that fires once at the file's next change; null to poll the file system.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no image classifier.</exception>
    public ServedClassifier(
        string name, ImageClassifierServiceOptions options, ILogger logger, TimeProvider time, Func<IChangeToken>? changes = null)
    {
        options.Validate();
        (_options, _logger) = (options, logger);
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
                OnChanged();    // between loading and watching
            }
        }
    }

    /// <summary>The classifier, which always serves the newest model that could be loaded.</summary>
    public ImageClassifier Classifier { get; }

    /// <summary>Why the newest file could not be loaded; null where it serves.</summary>
    public string? Failure => _failure;

    /// <summary>Watches no more, and disposes the classifier.</summary>
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
        _path, _options.Scoring with { Logger = _options.Scoring.Logger ?? _logger }, _name);

    private void OnChanged()
    {
        lock (_settlingLock)
        {
            _seen = FileStamp.Of(_path);
            _settling.Change(_options.ReloadDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The delay is over: loads the file if it has not changed meanwhile, else waits again.</summary>
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
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever is wrong with the new file, the old model is good and goes on serving.
            _failure = e.Message;
            ServedClassifierLog.KeptOld(_logger, _path, e.Message);
        }
    }
}
