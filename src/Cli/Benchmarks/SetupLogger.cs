using Microsoft.Extensions.Logging;

namespace MLVision.Cli.Benchmarks;

/// <summary>Passes on the lines about how a training computes; the rest is about images that a benchmark made up.</summary>
/// <param name="logger">Receives them.</param>
internal sealed class SetupLogger(ILogger logger) : ILogger
{
    private const string Compute = "Compute";

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name?.StartsWith(Compute, StringComparison.Ordinal) == true)
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);
}
