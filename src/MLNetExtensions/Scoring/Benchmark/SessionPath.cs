using MLVision.MLNetExtensions.Scoring.Sessions;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring.Benchmark;

/// <summary>Runs the model on pixels that were made ready when it was opened, as many calls at a time as there are threads.</summary>
internal sealed class SessionPath : ScoringPath
{
    private readonly ClassifierSession _session;
    private readonly ScoringLanes _lanes;
    private readonly int _threads;
    private readonly int _batchSize;

    /// <param name="session">The model; this object disposes of it.</param>
    /// <param name="options">How it scores.</param>
    /// <param name="image">An image to make pixels of; every lane of the session holds it as often as it fits.</param>
    public SessionPath(ClassifierSession session, ImageScoringOptions options, string image)
    {
        (_session, _threads, _batchSize) = (session, options.Threads, options.BatchSizeOn(session.Device));
        _lanes = new ScoringLanes(session, _threads, _batchSize);
        var reader = options.Reader(session.Metadata.ImageSize);
        var lanes = Enumerable.Range(0, _threads).Select(_ => _lanes.Take(CancellationToken.None)).ToList();
        foreach (var lane in lanes)
        {
            for (var place = 0; place < _batchSize; place++)
            {
                reader.TryRead(image, lane.Pixels(place), out _);
            }

            _lanes.Return(lane);
        }
    }

    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        ParallelItems.ForEach((images.Count + _batchSize - 1) / _batchSize, _threads, batch =>
        {
            var lane = _lanes.Take(cancellationToken);
            try
            {
                lane.Run(Math.Min(_batchSize, images.Count - (batch * _batchSize)));
            }
            finally
            {
                _lanes.Return(lane);
            }
        }, cancellationToken);

    public override void Dispose()
    {
        _lanes.Dispose();
        _session.Dispose();
    }
}
