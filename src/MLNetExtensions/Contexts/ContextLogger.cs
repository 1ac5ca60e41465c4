using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace MLVision.MLNetExtensions.Contexts;

/// <summary>Sends log lines to <see cref="MLContext.Log"/> and to the caller's logger.</summary>
internal sealed class ContextLogger(MLEnvironment ml, string source, ILogger? logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger?.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || logger?.IsEnabled(logLevel) == true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        logger?.Log(logLevel, eventId, state, exception, formatter);
        ml.Log(source, formatter(state, exception), warning: logLevel >= LogLevel.Warning);
    }
}
