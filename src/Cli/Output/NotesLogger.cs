using Microsoft.Extensions.Logging;

namespace MLVision.Cli.Output;

/// <summary>Writes log lines to standard error.</summary>
internal sealed class NotesLogger : ILogger
{
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
}
