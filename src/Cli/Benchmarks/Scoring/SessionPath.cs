using System.Collections.Concurrent;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Runs the model on pixels prepared when it was opened, through the same memory as <c>ImageClassifier</c> does.</summary>
/// <remarks>Beside a GPU only whole batches count: padding is the affair of who has too few images.</remarks>
internal sealed class SessionPath : ScoringPath
{
    // So many that the first and the last call, which no other goes along with, weigh little.
    private const int CallsOfEach = 8;

    private readonly ClassifierSession _session;
    private readonly int _calls;
    private readonly int _batchSize;
    private readonly ConcurrentBag<SessionBatch> _batches = [];

    /// <param name="session">The model; this object disposes of it.</param>
    /// <param name="calls">Calls at a time.</param>
    /// <param name="batchSize">Images a call.</param>
    /// <param name="reader">Reads as the model expects it.</param>
    /// <param name="image">An image to make pixels of; every call's batch holds it as often as it fits.</param>
    public SessionPath(ClassifierSession session, int calls, int batchSize, ImageReader reader, string image)
    {
        (_session, _calls, _batchSize) = (session, calls, batchSize);
        for (var call = 0; call < calls; call++)
        {
            var batch = new SessionBatch(session, batchSize);
            for (var place = 0; place < batchSize; place++)
            {
                reader.TryRead(image, batch.Pixels(place), out _);
            }

            _batches.Add(batch);
        }
    }

    public override int Score(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var isWhole = _session.Device.Kind != ComputeDeviceKind.Cpu;
        var calls = (images.Count + _batchSize - 1) / _batchSize;
        var count = isWhole ? Math.Max(calls, CallsOfEach * _calls) * _batchSize : images.Count;
        ForEach((count + _batchSize - 1) / _batchSize, _calls, call =>
        {
            _batches.TryTake(out var batch);
            try
            {
                batch!.Run(Math.Min(_batchSize, count - (call * _batchSize)));
            }
            finally
            {
                _batches.Add(batch!);
            }
        }, cancellationToken);
        return count;
    }

    public override void Dispose()
    {
        foreach (var batch in _batches)
        {
            batch.Dispose();
        }

        _session.Dispose();
    }
}
