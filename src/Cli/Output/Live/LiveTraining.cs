using System.Globalization;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Published;
using Spectre.Console;

namespace MLVision.Cli.Output.Live;

/// <summary>
/// Shows a download and a training. On a terminal, a table of epochs grows, and lines below it say how far the training is; elsewhere, and
/// with --verbose, there is a line of the log for each epoch.
/// </summary>
internal sealed class LiveTraining
    : IProgress<TrainingProgress>, IProgress<EpochSummary>, IProgress<DownloadProgress>, ILogger, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly IAnsiConsole _console;
    private readonly EpochTable _table;
    private readonly TrainingStatus _status;
    private readonly RemainingTime _remaining;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly TaskCompletionSource _ended = new();
    private readonly Lock _lock = new();
    private readonly List<EpochSummary> _history = [];
    private TrainingProgress? _now;
    private string _shown = "";
    private Task? _display;

    /// <summary>Prepares to show; nothing is drawn before there is something to say.</summary>
    /// <param name="console">Where.</param>
    /// <param name="images">Number of images to learn from; without it, nothing is guessed about what fine-tuning takes.</param>
    public LiveTraining(IAnsiConsole console, int images = 0)
    {
        _console = console;
        _table = new EpochTable(console);
        _status = new TrainingStatus(console.Profile.Width, console.Profile.Capabilities.Unicode);
        _remaining = new RemainingTime(images, TimeProvider.System);
    }

    /// <summary>The last epoch that ended, in words; null before the first one.</summary>
    public string? LastEpoch
    {
        get
        {
            lock (_lock)
            {
                return _history.Count == 0 ? null : InWords(_history[^1]);
            }
        }
    }

    private bool ShowsTable => Notes.ShowBars(_console) && !Notes.AreTimed;

    public void Report(TrainingProgress value)
    {
        lock (_lock)
        {
            _now = value;
            var left = _remaining.After(value);
            var epochs = _history.Where(epoch => epoch.Phase == value.Phase).ToList();
            Show(_status.Of(
                value, [.. epochs.Select(epoch => epoch.Loss)], [.. epochs.Select(epoch => epoch.ValidationLoss).OfType<double>()], left,
                _remaining.IsRough));
        }
    }

    public void Report(EpochSummary value)
    {
        int epochs;
        lock (_lock)
        {
            _history.Add(value);
            _remaining.Add(value);
            // Those of a training that is resumed come before its first step.
            epochs = _now?.Phase == value.Phase ? _now.Epochs : 0;
        }

        if (ShowsTable && epochs > 0)
        {
            _table.Write(value, epochs, TimeProvider.System.GetElapsedTime(_began));
        }
    }

    public void Report(DownloadProgress value)
    {
        lock (_lock)
        {
            Show(_status.Of(value));
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && !(ShowsTable && TrainingEvents.IsEpoch(eventId)))
        {
            Notes.Write(formatter(state, exception));
        }
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Notes.Least;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
        _ended.TrySetResult();
        _display?.GetAwaiter().GetResult();
        _display = null;
    }

    private void Show(string markup)
    {
        _shown = markup;
        if (Notes.ShowBars(_console))
        {
            _display ??= DisplayAsync();
        }
    }

    private static string InWords(EpochSummary epoch) => epoch.Phase == TrainingPhase.Whole
        ? string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}")
        : string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch} of {EpochTable.NameOf(epoch.Phase)}");

    private string Shown()
    {
        lock (_lock)
        {
            return _shown;
        }
    }

    private Task DisplayAsync() => _console.Live(Text.Empty).AutoClear(true).StartAsync(async context =>
    {
        for (var last = ""; !_ended.Task.IsCompleted; await Task.WhenAny(_ended.Task, Task.Delay(Interval)))
        {
            if (Shown() is var now && now != last)
            {
                context.UpdateTarget(new Markup(last = now));
            }
        }
    });
}
