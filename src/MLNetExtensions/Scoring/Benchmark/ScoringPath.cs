namespace MLVision.MLNetExtensions.Scoring.Benchmark;

/// <summary>A way from image files to scores, open for a turn of a <see cref="ScoringBenchmark"/>.</summary>
internal abstract class ScoringPath : IDisposable
{
    /// <summary>Scores the images, all of which can be read.</summary>
    public abstract void Score(IReadOnlyList<string> images, CancellationToken cancellationToken);

    public abstract void Dispose();
}
