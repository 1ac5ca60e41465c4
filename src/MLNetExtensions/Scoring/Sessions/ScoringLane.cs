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
    private readonly byte[] _pixels;
    private readonly float[] _scores;
    private readonly Binding?[] _bindings;
    private readonly RunOptions _runOptions = new();

    public ScoringLane(ClassifierSession session, int capacity)
    {
        _session = session;
        _pixels = GC.AllocateUninitializedArray<byte>(capacity * session.PixelBytes, pinned: true);
        _scores = GC.AllocateUninitializedArray<float>(capacity * session.Metadata.Labels.Count, pinned: true);
        _bindings = new Binding?[capacity];
        Places = new int[capacity];
    }

    /// <summary>Images that a batch may have.</summary>
    public int Capacity => _bindings.Length;

    /// <summary>Room for the caller to note where in its batch each image of the lane belongs.</summary>
    public int[] Places { get; }

    /// <summary>Where the pixels of an image of the batch go.</summary>
    public Span<byte> Pixels(int image) => _pixels.AsSpan(image * _session.PixelBytes, _session.PixelBytes);

    /// <summary>The scores of an image of the batch, until the next run.</summary>
    public ReadOnlySpan<float> Scores(int image) => _scores.AsSpan(image * _session.Metadata.Labels.Count, _session.Metadata.Labels.Count);

    /// <summary>Whether the scores of an image of the batch are numbers; those of damaged weights are none.</summary>
    public bool HasNumbers(int image)
    {
        foreach (var score in Scores(image))
        {
            if (!float.IsFinite(score))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Scores the first images.</summary>
    /// <param name="count">How many; 1 to <see cref="Capacity"/>.</param>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example for want of memory on the device.</exception>
    public void Run(int count)
    {
        try
        {
            var binding = _bindings[count - 1] ??= new Binding(_session, _pixels, _scores, count);
            _session.Session.RunWithBinding(_runOptions, binding.Ports);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ImageClassificationException(
                $"A batch of {count} could not be scored on {_session.Device}: it lacks memory, or the model is " +
                $"damaged{ForeignError.InBrackets(e)}.", e);
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
