using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>Memory for one batch on its way through a session: pixels in, scores out. For one user at a time.</summary>
/// <remarks>
/// Both ends are managed arrays that stay pinned, bound to the session once for every length of batch that occurs, so that scoring
/// copies and allocates nothing. Pixels: uint8 [count, size, size, 3]. Scores: float [count, classes].
/// </remarks>
internal sealed class ScoringLane : IDisposable
{
    private readonly ClassifierSession _session;
    private readonly ScoringMetrics _metrics;
    private readonly byte[] _pixels;
    private readonly float[] _scores;
    private readonly int[] _places;
    private readonly Binding?[] _bindings;
    private readonly RunOptions _runOptions = new();
    private CancellationToken _cancellationToken;

    public ScoringLane(ClassifierSession session, ScoringMetrics metrics, int capacity)
    {
        (_session, _metrics) = (session, metrics);
        _pixels = GC.AllocateUninitializedArray<byte>(capacity * session.PixelBytes, pinned: true);
        _scores = GC.AllocateUninitializedArray<float>(capacity * session.Metadata.Labels.Count, pinned: true);
        _places = new int[capacity];
        _bindings = new Binding?[capacity];
    }

    /// <summary>Images that a batch may have.</summary>
    public int Capacity => _bindings.Length;

    /// <summary>Images of the batch that were read; they stand together at the front.</summary>
    public int Count { get; private set; }

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
        var reason = read(image, _pixels.AsSpan(Count * _session.PixelBytes, _session.PixelBytes));
        _metrics.Decoded(start, reason is null);
        if (reason is null)
        {
            _places[Count++] = place;
        }

        return reason;
    }

    /// <summary>Where in the caller's batch an image of the lane belongs.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public int Place(int image) => _places[image];

    /// <summary>The scores of an image of the lane, until the lane is given back.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public ReadOnlySpan<float> Scores(int image) => _scores.AsSpan(image * _session.Metadata.Labels.Count, _session.Metadata.Labels.Count);

    /// <summary>Whether the scores of an image of the lane are numbers; those of damaged weights are not.</summary>
    /// <param name="image">0 to below <see cref="Count"/>.</param>
    public bool HasNumbers(int image) => Decision.AreNumbers(Scores(image));

    /// <summary>Empties the lane for another batch.</summary>
    /// <param name="cancellationToken">Ends that batch before its next image.</param>
    public void Clear(CancellationToken cancellationToken) => (Count, _cancellationToken) = (0, cancellationToken);

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
        try
        {
            var binding = _bindings[Count - 1] ??= new Binding(_session, _pixels, _scores, Count);
            _session.Session.RunWithBinding(_runOptions, binding.Ports);
        }
        catch (OnnxRuntimeException e)
        {
            throw SessionFault.Of(Count, _session.Device, e);
        }

        _metrics.Inferred(start, Count);
        for (var image = 0; image < Count; image++)
        {
            if (!HasNumbers(image))
            {
                _metrics.FailedToScore();
            }
        }
    }

    public void Dispose()
    {
        foreach (var binding in _bindings)
        {
            binding?.Dispose();
        }

        _runOptions.Dispose();
    }

    /// <summary>The beginnings of both arrays as tensors of a given number of images, bound to the session's ports.</summary>
    private sealed class Binding : IDisposable
    {
        private readonly OrtValue _pixels;
        private readonly OrtValue _scores;

        public Binding(ClassifierSession session, byte[] pixels, float[] scores, int count)
        {
            var (size, classes) = (session.Metadata.ImageSize, session.Metadata.Labels.Count);
            _pixels = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, pixels.AsMemory(0, count * session.PixelBytes), [count, size, size, Rgb.Channels]);
            _scores = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, scores.AsMemory(0, count * classes), [count, classes]);
            Ports = session.Session.CreateIoBinding();
            Ports.BindInput(session.PixelsPort, _pixels);
            Ports.BindOutput(ClassifierModel.Score, _scores);
        }

        public OrtIoBinding Ports { get; }

        public void Dispose()
        {
            Ports.Dispose();
            _pixels.Dispose();
            _scores.Dispose();
        }
    }
}
