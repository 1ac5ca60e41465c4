using Microsoft.Extensions.Logging;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Published;
using Spectre.Console;

namespace MLVision.Cli.Output;

/// <summary>Shows a download and a training: a bar that moves where there is a terminal, and a line per epoch.</summary>
internal sealed class TrainingProgressBar : IProgress<TrainingProgress>, IProgress<DownloadProgress>, ILogger, IDisposable
{
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _ended = new();
    private readonly TaskCompletionSource<ProgressTask> _bar = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _display;

    public TrainingProgressBar(IAnsiConsole console) => _console = console;

    public void Report(TrainingProgress value) => Show(
        ((value.Epoch - 1.0) * value.Steps) + value.Step, (double)value.Epochs * value.Steps,
        value.Phase == TrainingPhase.Features
            ? $"features  {value.ImagesPerSecond:0} images/s"
            : $"epoch {value.Epoch}/{value.Epochs}  loss {value.Loss:0.000}  {value.ImagesPerSecond:0} images/s");

    public void Report(DownloadProgress value) => Show(
        value.Bytes, value.TotalBytes ?? value.Bytes, $"{value.FileName}  {value.Bytes / 1e6:0} MB");

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
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

    private void Show(double value, double maximum, string description)
    {
        if (!Notes.ShowBars(_console))
        {
            return;
        }

        _display ??= DisplayAsync();
        var bar = _bar.Task.GetAwaiter().GetResult();
        bar.MaxValue = maximum;
        bar.Value = value;
        bar.Description = Markup.Escape(description);
    }

    /// <summary>What the widest description, the percentage, the time and the gaps leave of a line, within limits.</summary>
    private static int BarWidth(int terminal)
    {
        const int Beside = 64;
        return Math.Clamp(terminal - Beside, 10, 40);
    }

    private Task DisplayAsync() => _console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth(_console.Profile.Width) },
            new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            _bar.SetResult(context.AddTask("starting"));
            await _ended.Task;
        });
}
