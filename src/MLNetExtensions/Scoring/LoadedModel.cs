using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
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
    private readonly bool _waits;
    private readonly double? _minFamiliarity;

    private LoadedModel(ClassifierSession session, ImageScoringOptions options, LanePlan plan, string metricsName)
    {
        _session = session;
        Outputs = options.Outputs is null ? session.Outputs : options.AskedOutputs;
        _minFamiliarity = options.MinFamiliarity;
        _reader = options.Reader(session.Metadata.ImageSize);
        Threads = options.Threads;
        (BatchSize, BatchesAtOnce, _waits) = (plan.Capacity, plan.Batches, plan.Readers > 1);
        if (plan.PadsBatches)
        {
            session.PadBatches();
        }

        _lanes = new ScoringLanes(session, new ScoringMetrics(metricsName, session.Device, options.MeterFactory), plan, Outputs);
        _lifetime = new Lifetime(() =>
        {
            _lanes.Dispose();
            _session.Dispose();
        });
    }

    public ClassifierMetadata Metadata => _session.Metadata;

    public ComputeDevice Device => _session.Device;

    /// <summary>What is read beside scores.</summary>
    public ModelOutputs Outputs { get; }

    /// <summary>Reads encoded images to the model's pixels.</summary>
    public ImageReader Reader => _reader;

    /// <summary>
    /// The way through the session, for batches of other images; to be used between <see cref="TryEnter"/> and <see cref="Leave"/>.
    /// </summary>
    public ScoringLanes Lanes => _lanes;

    /// <summary>Threads that read images at the same time.</summary>
    public int Threads { get; }

    /// <summary>Batches of one task that are read and scored at the same time.</summary>
    public int BatchesAtOnce { get; }

    /// <summary>Images that a batch may have.</summary>
    public int BatchSize { get; }

    /// <summary>Opens a session on a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it scores; validated already.</param>
    /// <param name="metricsName">What its measurements are tagged with.</param>
    /// <exception cref="ModelFileException">The model is damaged, or not an image classifier of this product, or what it gives for a grey
    /// image cannot be true.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="ImageClassificationException">The device lacks memory for a batch.</exception>
    /// <exception cref="OptionOutOfRangeException">A batch of so many images of this size is too large for an array.</exception>
    public static LoadedModel Open(ModelContent model, ImageScoringOptions options, string metricsName)
    {
        var session = ClassifierSession.OpenUntried(model, options.Device, options.ThreadsPerBatch, options.Logger);
        try
        {
            session.Require(options.AskedOutputs, model);
            WarnOfEmptyThreshold(session.Metadata, options);
            var plan = options.PlanOn(session.Device, session.Metadata.ImageSize);
            var most = Array.MaxLength / Math.Max(session.PixelBytes, session.Metadata.Labels.Count);
            OptionOutOfRangeException.ThrowUnless(
                plan.Capacity <= most, nameof(ImageScoringOptions.BatchSize), plan.Capacity,
                string.Create(CultureInfo.InvariantCulture, $"at most {most} for images of {session.Metadata.ImageSize} pixels"));
            return Open(session, options, plan, metricsName, model.ToString());
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The shape of an image's values of one of <see cref="Outputs"/>.</summary>
    public int[] ShapeOf(ModelOutputs output) => _session.ShapeOf(output);

    /// <summary>Why an image of a lane gets no label although it was scored; null where it gets one.</summary>
    public string? WhyRefused(ScoringLane lane, int image)
    {
        if (_minFamiliarity is not { } least)
        {
            return null;
        }

        var familiarity = lane.Values(ModelOutputs.Familiarity, image)[0];
        return familiarity >= least ? null : string.Create(
            CultureInfo.InvariantCulture, $"it is like none of the classes: its familiarity is {familiarity:0.####}, less than {least}.");
    }

    /// <summary>Adds a user of the session; false if the model is closed.</summary>
    public bool TryEnter() => _lifetime.TryEnter();

    /// <summary>Leaves the session.</summary>
    public void Leave() => _lifetime.Leave();

    /// <summary>Refuses new users, and releases the session after the last one has left. Does not wait for that.</summary>
    public void Dispose() => _lifetime.Close();

    /// <summary>Scores one image.</summary>
    public ImagePrediction Score(ImageSource image, CancellationToken cancellationToken)
    {
        var results = new ImagePrediction[1];
        Score([image], results, 0, 1, cancellationToken);
        return results[0];
    }

    /// <summary>Scores a batch of images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="results">As many places for the results.</param>
    /// <param name="start">The first image of the batch.</param>
    /// <param name="count">Images of the batch, <see cref="BatchSize"/> at most.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    public void Score(ImageSource[] images, ImagePrediction[] results, int start, int count, CancellationToken cancellationToken) =>
        _lanes.Run(
            new Batch(this, images, results, start, count), static (batch, lane) => batch.Fill(lane),
            static (batch, lane) => batch.Take(lane), cancellationToken);

    /// <summary>Calls for every batch of a task, from 0 to below their number, for as many at once as are scored at once.</summary>
    public void ForEachBatch(int count, Action<int> score, CancellationToken cancellationToken)
    {
        if (_waits)
        {
            ParallelItems.ForEachWaiting(count, BatchesAtOnce, score, cancellationToken);
        }
        else
        {
            ParallelItems.ForEach(count, BatchesAtOnce, score, cancellationToken);
        }
    }

    /// <summary>Scores a batch of images on the thread pool, after having waited for a lane without holding a thread.</summary>
    public async Task<ImagePrediction[]> ScoreAsync(ImageSource[] images, CancellationToken cancellationToken)
    {
        using var inMemory = await PooledStreams.ReadAsync(images, cancellationToken).ConfigureAwait(false);
        var results = new ImagePrediction[images.Length];
        await _lanes.RunAsync(
            new Batch(this, inMemory.Images, results, 0, images.Length), static (batch, lane) => batch.Fill(lane),
            static (batch, lane) => batch.Take(lane), cancellationToken).ConfigureAwait(false);
        return results;
    }

    /// <summary>Of n known images none has a familiarity below 1 / (n + 1).</summary>
    private static void WarnOfEmptyThreshold(ClassifierMetadata metadata, ImageScoringOptions options)
    {
        var smallest = 1.0 / (metadata.FamiliarityImages + 1);
        if (options.MinFamiliarity is { } least && metadata.FamiliarityImages > 0 && least <= smallest)
        {
            SessionLog.EmptyThreshold(options.Logger ?? NullLogger.Instance, least, metadata.FamiliarityImages, smallest);
        }
    }

    /// <summary>
    /// Runs the model before it is used: otherwise the first request would be the slowest, and a lack of memory would show only then. A
    /// size of batch that nobody asked for is halved until it fits. The last run is that of the trial.
    /// </summary>
    private static LoadedModel Open(
        ClassifierSession session, ImageScoringOptions options, LanePlan plan, string metricsName, string name)
    {
        while (true)
        {
            var model = new LoadedModel(session, options, plan, metricsName);
            try
            {
                model._lanes.WarmUp();
                TrialImage.Try(session, name);
                return model;
            }
            catch (ImageClassificationException e) when (
                e is not ModelFileException && options.BatchSize is null && plan.Capacity > 1)
            {
                model._lanes.Dispose();
                plan = plan with { Capacity = plan.Capacity / 2 };
                SessionLog.SmallerBatches(options.Logger ?? NullLogger.Instance, e.Message, plan.Capacity);
            }
            catch
            {
                model._lanes.Dispose();
                throw;
            }
        }
    }

    /// <summary>Images, and as many places for their results.</summary>
    private readonly record struct Batch(LoadedModel Model, ImageSource[] Images, ImagePrediction[] Results, int Start, int Count)
    {
        /// <summary>Reads the images. Those that cannot be read have their results at once.</summary>
        public void Fill(ScoringLane lane) => lane.AddAll(Count, this, static (batch, place, pixels) => batch.Read(place, pixels));

        /// <summary>Makes results of the scores.</summary>
        public void Take(ScoringLane lane)
        {
            for (var i = 0; i < lane.Count; i++)
            {
                var image = Start + lane.Place(i);
                Results[image] = lane.HasNumbers(i)
                    ? Predicted(Images[image].Name, lane, i)
                    : ImagePrediction.WithoutNumbers(Images[image].Name);
            }
        }

        private ImagePrediction Predicted(string? name, ScoringLane lane, int i) =>
            new(name, Model.Metadata.Labels, lane.Scores(i).ToArray())
            {
                Embedding = Model.Outputs.HasFlag(ModelOutputs.Embedding) ? lane.Values(ModelOutputs.Embedding, i).ToArray() : null,
                Heat = Model.Outputs.HasFlag(ModelOutputs.Heat)
                    ? new HeatMap(Model.ShapeOf(ModelOutputs.Heat)[0], lane.Values(ModelOutputs.Heat, i).ToArray())
                    : null,
                Refusal = Model.WhyRefused(lane, i),
                Familiarity = Model.Outputs.HasFlag(ModelOutputs.Familiarity) ? lane.Values(ModelOutputs.Familiarity, i)[0] : null,
            };

        private string? Read(int place, Span<byte> pixels)
        {
            var image = Images[Start + place];
            var reason = image.Read(Model._reader, pixels);
            if (reason is not null)
            {
                Results[Start + place] = ImagePrediction.Failed(image.Name, reason);
            }

            return reason;
        }
    }
}
