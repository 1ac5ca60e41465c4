using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>A way from image files to scores, opened for a <see cref="ScoringBenchmark"/>.</summary>
internal abstract class ScoringPath : IDisposable
{
    /// <summary>Scores the images, all of which can be read.</summary>
    /// <returns>How many were scored.</returns>
    public abstract int Score(IReadOnlyList<string> images, CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>Calls for every number from 0 to below a count, one at a time on each of so many threads.</summary>
    protected static void ForEach(int count, int threads, Action<int> action, CancellationToken cancellationToken)
    {
        // Without buffering a thread that is done early takes the next number; else the last images would wait behind a few large ones.
        var numbers = Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        try
        {
            Parallel.ForEach(numbers, parallel, action);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
