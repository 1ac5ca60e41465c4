using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Sessions;

public sealed class ScoringMetricsTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void PredictMany_WithAListener_TellsOfImagesErrorsBatchesAndTimes()
    {
        const string Name = "metrics-test.onnx";
        var measured = new ConcurrentQueue<(string Instrument, double Value)>();
        using var listener = new MeterListener
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
            if (tags.Contains(new("model", Name)) && tags.Contains(new("device", "cpu")))
            {
                measured.Enqueue((instrument.Name, value));
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        using var classifier = ImageClassifier.Load(
            TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, Name)), new ImageScoringOptions { BatchSize = 2, Threads = 1 });

        classifier.PredictMany(
            [_files.AddImage("0.png"), _files.AddImage("1.png"), _files.AddFile("2.png"), _files.AddImage("3.png")],
            TestContext.Current.CancellationToken);

        var values = measured.ToLookup(m => m.Instrument, m => m.Value);
        Assert.Equal(3, values["image_classifier.images"].Sum());
        Assert.Equal([1], values["image_classifier.errors"]);
        Assert.Equal([1, 2], values["image_classifier.batch.size"].Order());
        Assert.Equal(3, values["image_classifier.decode.duration"].Count(value => value > 0));
        Assert.Equal(2, values["image_classifier.inference.duration"].Count(value => value > 0));
    }
}
