using Spectre.Console;

namespace MLVision.Cli.Output.Live;

/// <summary>A bar that counts, where there is a terminal.</summary>
internal sealed class CountingBar : IProgress<int>, IDisposable
{
    private readonly TaskCompletionSource _ended = new();
    private readonly Task? _display;
    private int _count;

    /// <summary>Begins to show the bar.</summary>
    /// <param name="console">Where.</param>
    /// <param name="description">What is counted.</param>
    /// <param name="total">How far.</param>
    public CountingBar(IAnsiConsole console, string description, int total) =>
        _display = Notes.ShowBars(console) ? ShowAsync(console, description, total) : null;

    public void Report(int value)
    {
        // Threads report in any order.
        var seen = Volatile.Read(ref _count);
        while (value > seen && Interlocked.CompareExchange(ref _count, value, seen) is var found && found != seen)
        {
            seen = found;
        }
    }

    public void Dispose()
    {
        _ended.TrySetResult();
        _display?.GetAwaiter().GetResult();
    }

    private Task ShowAsync(IAnsiConsole console, string description, int total)
    {
        var every = TimeSpan.FromMilliseconds(200);
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(description), maxValue: total);
                while (await Task.WhenAny(_ended.Task, Task.Delay(every)) != _ended.Task)
                {
                    bar.Value = Volatile.Read(ref _count);
                }
            });
    }
}
