using Microsoft.Extensions.Logging;
using MLNetExtensions;

namespace Trainers.Training;

/// <summary>Sends log lines to <c>MLContext.Log</c> and to the caller's logger.</summary>
internal sealed class TrainingLogger(MLEnvironment ml, ILogger? logger) : ILogger
{
    private const string Source = "ImageClassifier";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger?.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || logger?.IsEnabled(logLevel) == true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        logger?.Log(logLevel, eventId, state, exception, formatter);
        ml.Log(Source, formatter(state, exception), warning: logLevel >= LogLevel.Warning);
    }
}
