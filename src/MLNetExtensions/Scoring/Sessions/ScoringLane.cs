using System.Diagnostics;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>A batch on its way through a session, and where each of its images belongs. For one user at a time.</summary>
/// <param name="session">The session.</param>
/// <param name="metrics">Hears of every image and every run.</param>
/// <param name="plan">How large the batch may be, and on how many threads its images are read.</param>
/// <param name="reading">Has a place for each image that may be read at the same time, over all lanes; null for no limit.</param>
/// <param name="outputs">What is read beside scores.</param>
internal sealed class ScoringLane(
    ClassifierSession session, ScoringMetrics metrics, LanePlan plan, SemaphoreSlim? reading, ModelOutputs outputs) : IDisposable
{
    private readonly SessionBatch _batch = new(session, plan.Capacity, outputs);
    private readonly int[] _places = new int[plan.Capacity];
    private readonly bool[] _isRead = new bool[plan.Capacity];
    private CancellationToken _cancellationToken;

    /// <summary>Images that a batch may have.</summary>
    public int Capacity => _batch.Capacity;

    /// <summary>Images of the batch that were read; they stand together at the front.</summary>
    public int Count { get; private set; }

    /// <summary>Images of the batch that could not be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Reads an image of the batch. One that cannot be read takes no room.</summary>
    /// <param name="place">Where in the caller's batch the image belongs; <see cref="Place"/> tells it again.</param>
    /// <param name="image">The image.</param>
    /// <param name="read">Writes the image's pixels, or returns why it cannot.</param>
    /// <returns>Why the image cannot be read, or null where it was.</returns>
    /// <exception cref="OperationCanceledException">The batch is cancelled.</exception>
    public string? Add<TImage>(int place, TImage image, Func<TImage, Span<byte>, string?> read)
    {
        Debug.Assert(Count < Capacity, "The lane is full.");
        _cancellationToken.ThrowIfCancellationRequested();
        var start = Stopwatch.GetTimestamp();
        var reason = read(image, _batch.Pixels(Count));
        metrics.Decoded(start, reason is null);
        if (reason is null)
        {
            _places[Count++] = place;
        }
        else
        {
            Unreadable++;
        }

        return reason;
    }

    /// <summary>Reads all images of an empty batch, on as many threads as the plan says. Those that cannot be read take no room.</summary>
    /// <param name="count">Number of images; their places are 0 to below this.</param>
    /// <param name="images">The images.</param>
    /// <param name="read">
    /// Writes the pixels of the image in a place, or returns why it cannot; called on several threads at once, for different places.
    /// </param>
    /// <exception cref="OperationCanceledException">The batch is cancelled.</exception>
    public void AddAll<TImages>(int count, TImages images, Func<TImages, int, Span<byte>, string?> read)
    {
        Debug.Assert(Count == 0 && count <= Capacity, "The lane has not room for all.");
        if (plan.Readers == 1 || count == 1)
        {
            for (var place = 0; place < count; place++)
            {
                Add(place, (images, place, read), static (one, pixels) => one.read(one.images, one.place, pixels));
            }

            return;
        }

        ParallelItems.ForEach(count, plan.Readers, Read, _cancellationToken);
        CloseRanks(count);

        void Read(int place)
        {
            reading?.Wait(_cancellationToken);
            try
            {
                var start = Stopwatch.GetTimestamp();
                _isRead[place] = read(images, place, _batch.Pixels(place)) is null;
                metrics.Decoded(start, _isRead[place]);
            }
            finally
            {
                reading?.Release();
            }
        }
    }

    /// <summary>Where in the caller's batch an image of the lane belongs.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public int Place(int image) => _places[image];

    /// <summary>The scores of an image of the lane, until the lane is given back.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public ReadOnlySpan<float> Scores(int image)
    {
        Debug.Assert(image < Count, "There is no such image in the batch.");
        return _batch.Scores(image);
    }

    /// <summary>The values of an image of the lane of one of the outputs that are read, until the lane is given back.</summary>
    /// <param name="output">The output.</param>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public ReadOnlySpan<float> Values(ModelOutputs output, int image)
    {
        Debug.Assert(image < Count, "There is no such image in the batch.");
        return _batch.Values(output, image);
    }

    /// <summary>Whether the scores of an image of the lane are numbers; those of damaged weights are not.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public bool HasNumbers(int image) => Decision.AreNumbers(Scores(image));

    /// <summary>Empties the lane for another batch.</summary>
    /// <param name="cancellationToken">Ends that batch before its next image.</param>
    public void Clear(CancellationToken cancellationToken) => (Count, Unreadable, _cancellationToken) = (0, 0, cancellationToken);

    /// <summary>Scores the images that were read; does nothing where there are none.</summary>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example because the device lacks memory.</exception>
    /// <exception cref="OperationCanceledException">The batch is cancelled.</exception>
    public void Run()
    {
        if (Count == 0)
        {
            return;
        }

        _cancellationToken.ThrowIfCancellationRequested();
        var start = Stopwatch.GetTimestamp();
        _batch.Run(Count);
        metrics.Inferred(start, Count);
        for (var image = 0; image < Count; image++)
        {
            if (!HasNumbers(image))
            {
                metrics.FailedToScore();
            }
        }
    }

    /// <summary>Runs the model before there are images; see <see cref="SessionBatch.WarmUp"/>.</summary>
    public void WarmUp() => _batch.WarmUp();

    public void Dispose() => _batch.Dispose();

    /// <summary>Moves the images that were read to the front, in their order.</summary>
    private void CloseRanks(int count)
    {
        for (var place = 0; place < count; place++)
        {
            if (_isRead[place])
            {
                if (Count < place)
                {
                    _batch.Pixels(place).CopyTo(_batch.Pixels(Count));
                }

                _places[Count++] = place;
            }
        }

        Unreadable = count - Count;
    }
}
