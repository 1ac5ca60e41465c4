using System.Diagnostics;
using System.Diagnostics.Metrics;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>The measurements of classifiers, published on the meter <see cref="MeterName"/>.</summary>
/// <remarks>
/// Every measurement has the tags <c>model</c>, the model's file name or registered name, and <c>device</c>. Times are in milliseconds.
/// Without a listener nothing is recorded. A session's <see cref="ScoringLanes"/> measure, so that no way of scoring is left out.
/// </remarks>
internal sealed class ScoringMetrics(string model, ComputeDevice device)
{
    public const string MeterName = "MLVision.ImageClassifier";

    private static readonly Meter Meter = new(MeterName, typeof(ScoringMetrics).Assembly.GetName().Version!.ToString(3));

    private static readonly Counter<long> Images =
        Meter.CreateCounter<long>("image_classifier.images", "{image}", "Images scored.");

    private static readonly Counter<long> Errors =
        Meter.CreateCounter<long>(
            "image_classifier.errors", "{image}", "Images that could not be read, or whose scores are NaN or infinite.");

    private static readonly Histogram<int> BatchSizes =
        Meter.CreateHistogram<int>("image_classifier.batch.size", "{image}", "Images in one call of the model.");

    private static readonly Histogram<double> DecodeTimes =
        Meter.CreateHistogram<double>("image_classifier.decode.duration", "ms", "Time to read, decode and resize one image.");

    private static readonly Histogram<double> InferenceTimes =
        Meter.CreateHistogram<double>("image_classifier.inference.duration", "ms", "Time of one call of the model.");

    private readonly KeyValuePair<string, object?> _model = new("model", model);
    private readonly KeyValuePair<string, object?> _device = new("device", device.ToString());

    /// <summary>An image was read, or could not be.</summary>
    public void Decoded(long startTimestamp, bool isReadable)
    {
        if (!isReadable)
        {
            Errors.Add(1, _model, _device);
        }
        else if (DecodeTimes.Enabled)
        {
            DecodeTimes.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds, _model, _device);
        }
    }

    /// <summary>The model's scores of an image were NaN or infinite.</summary>
    public void FailedToScore() => Errors.Add(1, _model, _device);

    /// <summary>The model was called.</summary>
    public void Inferred(long startTimestamp, int images)
    {
        Images.Add(images, _model, _device);
        BatchSizes.Record(images, _model, _device);
        if (InferenceTimes.Enabled)
        {
            InferenceTimes.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds, _model, _device);
        }
    }
}
