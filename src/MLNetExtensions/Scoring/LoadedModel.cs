using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring.Sessions;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>A loaded model: a session, the reader of its pixels, and memory for the batches being scored.</summary>
/// <remarks>Every user enters before scoring and leaves afterwards; the session is released after the last one has left.</remarks>
internal sealed class LoadedModel : IDisposable
{
    private readonly ClassifierSession _session;
    private readonly ImageReader _reader;
    private readonly ScoringLanes _lanes;
    private readonly Lifetime _lifetime;

    private LoadedModel(ClassifierSession session, ImageScoringOptions options, string metricsName)
    {
        _session = session;
        _reader = options.Reader(session.Metadata.ImageSize);
        Threads = options.Threads;
        BatchSize = options.BatchSizeOn(session.Device);
        _lanes = new ScoringLanes(session, new ScoringMetrics(metricsName, session.Device), Threads, BatchSize);
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
    /// The way through the session, for batches of other images; to be used between <see cref="TryEnter"/> and <see cref="Leave"/>.
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
    /// <exception cref="ModelFileException">The model is damaged, or not an image classifier of this product.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    public static LoadedModel Open(ModelContent model, ImageScoringOptions options, string metricsName) =>
        new(ClassifierSession.Open(model, options.Device, options.ThreadsPerBatch, options.Logger), options, metricsName);

    /// <summary>Adds a user of the session; false if the model is closed.</summary>
    public bool TryEnter() => _lifetime.TryEnter();

    /// <summary>Leaves the session.</summary>
    public void Leave() => _lifetime.Leave();

    /// <summary>Refuses new users, and releases the session after the last one has left. Does not wait for that.</summary>
    public void Dispose() => _lifetime.Close();

    /// <summary>Scores one image.</summary>
    public ImagePrediction Score(ImageSource image, CancellationToken cancellationToken)
    {
        ImagePrediction result = null!;
        Score(new ReadOnlySpan<ImageSource>(in image), new Span<ImagePrediction>(ref result), cancellationToken);
        return result;
    }

    /// <summary>Scores a batch of images.</summary>
    /// <param name="images">The images, <see cref="BatchSize"/> at most.</param>
    /// <param name="results">As many places for the results.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    public void Score(ReadOnlySpan<ImageSource> images, Span<ImagePrediction> results, CancellationToken cancellationToken) =>
        _lanes.Run(
            new Batch(this, images, results), static (batch, lane) => batch.Fill(lane), static (batch, lane) => batch.Take(lane),
            cancellationToken);

    /// <summary>Scores a batch of images on the thread pool, after having waited for a lane without holding a thread.</summary>
    public async Task<ImagePrediction[]> ScoreAsync(ImageSource[] images, CancellationToken cancellationToken)
    {
        using var inMemory = await PooledStreams.ReadAsync(images, cancellationToken).ConfigureAwait(false);
        var results = new ImagePrediction[images.Length];
        await _lanes.RunAsync(
            (Model: this, inMemory.Images, Results: results),
            static (batch, lane) => new Batch(batch.Model, batch.Images, batch.Results).Fill(lane),
            static (batch, lane) => new Batch(batch.Model, batch.Images, batch.Results).Take(lane),
            cancellationToken).ConfigureAwait(false);
        return results;
    }

    /// <summary>Images, and as many places for their results.</summary>
    private readonly ref struct Batch
    {
        private readonly LoadedModel _model;
        private readonly ReadOnlySpan<ImageSource> _images;
        private readonly Span<ImagePrediction> _results;

        public Batch(LoadedModel model, ReadOnlySpan<ImageSource> images, Span<ImagePrediction> results)
        {
            _model = model;
            _images = images;
            _results = results;
        }

        /// <summary>Reads the images. Those that cannot be read have their results at once.</summary>
        public void Fill(ScoringLane lane)
        {
            for (var i = 0; i < _images.Length; i++)
            {
                var reason = lane.Add(
                    i, (Image: _images[i], Reader: _model._reader), static (from, pixels) => from.Image.Read(from.Reader, pixels));
                if (reason is not null)
                {
                    _results[i] = ImagePrediction.Failed(_images[i].Name, reason);
                }
            }
        }

        /// <summary>Makes results of the scores.</summary>
        public void Take(ScoringLane lane)
        {
            for (var i = 0; i < lane.Count; i++)
            {
                var place = lane.Place(i);
                _results[place] = lane.HasNumbers(i)
                    ? new ImagePrediction(_images[place].Name, _model.Metadata.Labels, lane.Scores(i).ToArray())
                    : ImagePrediction.WithoutNumbers(_images[place].Name);
            }
        }
    }
}
