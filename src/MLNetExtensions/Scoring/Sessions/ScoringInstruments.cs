using System.Diagnostics.Metrics;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The instruments of a meter on which classifiers are measured.</summary>
/// <remarks>
/// A meter that is asked again gives the instruments it has. The buckets of times reach from 0.5 ms to 10 s: a small network takes less
/// than a millisecond, OpenTelemetry's usual first bucket ends at 5 s.
/// </remarks>
internal sealed class ScoringInstruments(Meter meter)
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> BatchSize = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] };

    public Counter<long> Images { get; } = meter.CreateCounter<long>("image_classifier.images", "{image}", "Images scored.");

    public Counter<long> Errors { get; } = meter.CreateCounter<long>(
        "image_classifier.errors", "{image}", "Images that could not be read, or whose scores are NaN or infinite.");

    public Histogram<int> BatchSizes { get; } = meter.CreateHistogram(
        "image_classifier.batch.size", "{image}", "Images in one call of the model.", tags: null, BatchSize);

    public Histogram<double> DecodeTimes { get; } = meter.CreateHistogram(
        "image_classifier.decode.duration", "s", "Time to read, decode and resize one image.", tags: null, Seconds);

    public Histogram<double> InferenceTimes { get; } = meter.CreateHistogram(
        "image_classifier.inference.duration", "s", "Time of one call of the model.", tags: null, Seconds);
}
