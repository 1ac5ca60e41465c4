using System.Diagnostics;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring.Sessions;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>A model ready to score: a session, the reader of its pixels, and lanes for the batches on their way.</summary>
/// <remarks>Whoever scores enters first and leaves afterwards; the session ends after the last one has left.</remarks>
internal sealed class LoadedModel : IDisposable
{
    private readonly ClassifierSession _session;
    private readonly ImageReader _reader;
    private readonly ScoringLanes _lanes;
    private readonly Lifetime _lifetime;
    private readonly ScoringMetrics _metrics;

    private LoadedModel(ClassifierSession session, ImageScoringOptions options, string metricsName)
    {
        _session = session;
        _reader = options.Reader(session.Metadata.ImageSize);
        Threads = options.Threads;
        BatchSize = options.BatchSizeOn(session.Device);
        _lanes = new ScoringLanes(session, Threads, BatchSize);
        _metrics = new ScoringMetrics(metricsName, session.Device);
        _lifetime = new Lifetime(() =>
        {
            _lanes.Dispose();
            _session.Dispose();
        });
    }

    public ClassifierMetadata Metadata => _session.Metadata;

    public ComputeDevice Device => _session.Device;

    /// <summary>Reads encoded images to the model's pixels.</summary>
    public ImageReader Reader => _reader;

    /// <summary>
    /// Memory for batches, for who reads pixels otherwise; to be used between <see cref="TryEnter"/> and <see cref="Leave"/>.
    /// </summary>
    public ScoringLanes Lanes => _lanes;

    /// <summary>Batches scored at once.</summary>
    public int Threads { get; }

    /// <summary>Images that a batch may have.</summary>
    public int BatchSize { get; }

    /// <summary>Opens a session on a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it scores; validated already.</param>
    /// <param name="metricsName">What its measurements are tagged with.</param>
    /// <exception cref="ModelFileException">The model is damaged, or no image classifier of this product.</exception>
    /// <exception cref="DeviceUnavailableException">The device asked for is not there or does not start.</exception>
    public static LoadedModel Open(ModelContent model, ImageScoringOptions options, string metricsName) =>
        new(ClassifierSession.Open(model, options.Device, options.ThreadsPerBatch, options.Logger), options, metricsName);

    /// <summary>Becomes a user of the session; false where the model is closed.</summary>
    public bool TryEnter() => _lifetime.TryEnter();

    /// <summary>Leaves the session.</summary>
    public void Leave() => _lifetime.Leave();

    /// <summary>Lets no one enter any more, and ends the session after the last one has left. Does not wait for that.</summary>
    public void Dispose() => _lifetime.Close();

    /// <summary>Scores one image.</summary>
    public ImagePrediction Score(ImageSource image, CancellationToken cancellationToken)
    {
        var lane = _lanes.Take(cancellationToken);
        try
        {
            ImagePrediction result = null!;
            ScoreOn(lane, new ReadOnlySpan<ImageSource>(in image), new Span<ImagePrediction>(ref result), cancellationToken);
            return result;
        }
        finally
        {
            _lanes.Return(lane);
        }
    }

    /// <summary>Scores a batch of images.</summary>
    /// <param name="images">The images, <see cref="BatchSize"/> at most.</param>
    /// <param name="results">As many places for the results.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    public void Score(ReadOnlySpan<ImageSource> images, Span<ImagePrediction> results, CancellationToken cancellationToken)
    {
        var lane = _lanes.Take(cancellationToken);
        try
        {
            ScoreOn(lane, images, results, cancellationToken);
        }
        finally
        {
            _lanes.Return(lane);
        }
    }

    /// <summary>Scores a batch of images on the thread pool, after having waited for a lane without holding a thread.</summary>
    public async Task<ImagePrediction[]> ScoreAsync(ImageSource[] images, CancellationToken cancellationToken)
    {
        using var inMemory = await PooledStreams.ReadAsync(images, cancellationToken).ConfigureAwait(false);
        var lane = await _lanes.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    var results = new ImagePrediction[images.Length];
                    ScoreOn(lane, inMemory.Images, results, cancellationToken);
                    return results;
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _lanes.Return(lane);
        }
    }

    private void ScoreOn(
        ScoringLane lane, ReadOnlySpan<ImageSource> images, Span<ImagePrediction> results, CancellationToken cancellationToken)
    {
        // Readable images move together at the front of the lane; the others have their results at once.
        var readable = 0;
        var places = lane.Places;
        for (var i = 0; i < images.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            var reason = images[i].Read(_reader, lane.Pixels(readable));
            _metrics.Decoded(start, reason is null);
            if (reason is null)
            {
                places[readable++] = i;
            }
            else
            {
                results[i] = ImagePrediction.Failed(images[i].Name, reason);
            }
        }

        if (readable == 0)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var runStart = Stopwatch.GetTimestamp();
        lane.Run(readable);
        _metrics.Inferred(runStart, readable);
        for (var i = 0; i < readable; i++)
        {
            var name = images[places[i]].Name;
            if (lane.HasNumbers(i))
            {
                results[places[i]] = new ImagePrediction(name, Metadata.Labels, lane.Scores(i).ToArray());
            }
            else
            {
                results[places[i]] = ImagePrediction.WithoutNumbers(name);
                _metrics.FailedToScore();
            }
        }
    }
}
