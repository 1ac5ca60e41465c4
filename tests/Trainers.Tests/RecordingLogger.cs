using Microsoft.Extensions.Logging;

namespace Trainers.Tests;

/// <summary>Keeps every line, and may act on it.</summary>
internal sealed class RecordingLogger(Action<string>? act = null) : ILogger
{
    public List<(LogLevel Level, string Message)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        Lines.Add((logLevel, message));
        act?.Invoke(message);
    }
}
