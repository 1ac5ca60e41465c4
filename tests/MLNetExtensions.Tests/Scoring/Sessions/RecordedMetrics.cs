using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>Listens to the product's meter, to what it measures of one model on the CPU.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly ConcurrentQueue<(Instrument Instrument, double Value)> _measured = new();
    private readonly MeterListener _listener;

    /// <param name="model">The tag <c>model</c> of the measurements that are kept.</param>
    public RecordedMetrics(string model)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MLVision.ImageClassifier")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Contains(new("model", model)) && tags.Contains(new("device", "cpu")))
            {
                _measured.Enqueue((instrument, value));
            }
        }

        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Images scored, over all measurements.</summary>
    public double Images => Of("images").Sum();

    /// <summary>Images that failed, over all measurements.</summary>
    public double Errors => Of("errors").Sum();

    /// <summary>The size of each batch, the smallest first.</summary>
    public IEnumerable<double> Batches => Of("batch.size").Order();

    /// <summary>How often the time of reading an image was measured, and was more than none.</summary>
    public int DecodeTimes => Of("decode.duration").Count(seconds => seconds > 0);

    /// <summary>How often the time of a run was measured, and was more than none.</summary>
    public int InferenceTimes => Of("inference.duration").Count(seconds => seconds > 0);

    /// <summary>The longest time that was measured.</summary>
    public double LongestTime => Of("decode.duration").Concat(Of("inference.duration")).Max();

    /// <summary>What was measured with.</summary>
    public IEnumerable<Instrument> Instruments => _measured.Select(measurement => measurement.Instrument).Distinct();

    public void Dispose() => _listener.Dispose();

    private IEnumerable<double> Of(string instrument) =>
        _measured.Where(measurement => measurement.Instrument.Name == $"image_classifier.{instrument}")
            .Select(measurement => measurement.Value);
}
