using Microsoft.Extensions.Logging;

namespace MLVision.Cli.Benchmarks;

/// <summary>Passes on what a training says before its first step: how it computes. Its epochs hold a benchmark's rounds.</summary>
/// <param name="logger">Told of it.</param>
/// <param name="rounds">Knows whether there was a step.</param>
internal sealed class SetupLogger(ILogger logger, BenchmarkRounds rounds) : ILogger
{
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }

    public bool IsEnabled(LogLevel logLevel) => !rounds.HaveBegun && logger.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);
}
