namespace MLNetExtensions;

/// <summary>A way from image files to scores, open for a turn of a <see cref="ScoringBenchmark"/>.</summary>
internal abstract class ScoringPath : IDisposable
{
    /// <summary>Scores the images, all of which can be read.</summary>
    public abstract void Score(IReadOnlyList<string> images, CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>Calls for every number from 0 to below <paramref name="count"/>, on so many threads.</summary>
    protected static void ForEach(int count, int threads, Action<int> action, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, action);
        }
        catch (AggregateException e) when (e.InnerExceptions is [var first, ..])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
    }
}
