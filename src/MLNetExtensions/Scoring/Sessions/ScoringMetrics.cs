using System.Diagnostics;
using System.Diagnostics.Metrics;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>What a model's use is told to the outside: measurements on a meter, and a trace of each batch.</summary>
/// <remarks>
/// Each has the tags <c>model</c>, the model's file name or registered name, and <c>device</c>. Times are in seconds, as OpenTelemetry's
/// conventions ask for. Without a listener nothing is recorded. A session's <see cref="ScoringLanes"/> measure, so that no way of scoring
/// is left out.
/// </remarks>
/// <param name="model">The model's file name or registered name.</param>
/// <param name="device">What it runs on.</param>
/// <param name="meters">Makes the meter; null for one that the whole process shares.</param>
internal sealed class ScoringMetrics(string model, ComputeDevice device, IMeterFactory? meters = null)
{
    /// <summary>Name of the meter, and of the source of traces.</summary>
    public const string Name = "MLVision.ImageClassifier";

    private static readonly string Version = typeof(ScoringMetrics).Assembly.GetName().Version!.ToString(3);
    private static readonly ActivitySource Traces = new(Name, Version);
    private static readonly ScoringInstruments Shared = new(new Meter(Name, Version));

    private readonly ScoringInstruments _instruments =
        meters is null ? Shared : new(meters.Create(new MeterOptions(Name) { Version = Version }));

    private readonly KeyValuePair<string, object?> _model = new("model", model);
    private readonly KeyValuePair<string, object?> _device = new("device", device.ToString());

    /// <summary>Begins the trace of a batch; null where nobody listens.</summary>
    public Activity? StartBatch()
    {
        var trace = Traces.StartActivity("image_classifier.score");
        trace?.SetTag(_model.Key, _model.Value).SetTag(_device.Key, _device.Value);
        return trace;
    }

    /// <summary>An image was read, or could not be.</summary>
    public void Decoded(long startTimestamp, bool isReadable)
    {
        if (!isReadable)
        {
            _instruments.Errors.Add(1, _model, _device);
        }
        else if (_instruments.DecodeTimes.Enabled)
        {
            _instruments.DecodeTimes.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, _model, _device);
        }
    }

    /// <summary>The model's scores of an image were NaN or infinite.</summary>
    public void FailedToScore() => _instruments.Errors.Add(1, _model, _device);

    /// <summary>The model was called.</summary>
    public void Inferred(long startTimestamp, int images)
    {
        _instruments.Images.Add(images, _model, _device);
        _instruments.BatchSizes.Record(images, _model, _device);
        if (_instruments.InferenceTimes.Enabled)
        {
            _instruments.InferenceTimes.Record(Stopwatch.GetElapsedTime(startTimestamp).TotalSeconds, _model, _device);
        }
    }
}
