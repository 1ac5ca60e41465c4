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
    private readonly byte[] _pixels;

    /// <param name="session">The model; this object disposes of it.</param>
    /// <param name="options">How it scores.</param>
    /// <param name="image">An image to make pixels of; every image that is scored is a copy of it.</param>
    public SessionPath(ClassifierSession session, ImageScoringOptions options, string image)
    {
        (_session, _threads, _batchSize) = (session, options.Threads, options.BatchSizeOn(session.Device));
        _lanes = new ScoringLanes(session, new ScoringMetrics(ScoringPathName.Session, session.Device), _threads, _batchSize);
        _pixels = new byte[session.PixelBytes];
        options.Reader(session.Metadata.ImageSize).TryRead(image, _pixels, out _);
    }

    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        ParallelItems.ForEach((images.Count + _batchSize - 1) / _batchSize, _threads, batch => _lanes.Run(
            (Pixels: _pixels, Count: Math.Min(_batchSize, images.Count - (batch * _batchSize))),
            static (work, lane) =>
            {
                for (var place = 0; place < work.Count; place++)
                {
                    lane.Add(place, work.Pixels, static (from, pixels) =>
                    {
                        from.CopyTo(pixels);
                        return null;
                    });
                }
            },
            static (_, _) => { },
            cancellationToken), cancellationToken);

    public override void Dispose()
    {
        _lanes.Dispose();
        _session.Dispose();
    }
}
