using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>Memory for one batch on its way through a session: pixels in, scores out. For one user at a time.</summary>
/// <remarks>
/// Write images to <see cref="Pixels"/>, <see cref="Run"/> the model on the first so many, and read their <see cref="Scores"/>. The memory
/// is used again by every run; beside an NVIDIA GPU it is page-locked. Several batches may run on a session at the same time. A GPU gets
/// batches of few sizes, because it prepares itself for each anew: what is missing is filled up with black images, which are written over
/// the pixels behind the count and whose scores nobody sees. Dispose of it before the session.
/// </remarks>
public sealed class SessionBatch : IDisposable
{
    private readonly ClassifierSession _session;
    private readonly IMemoryOwner<byte>? _lockedPixels;
    private readonly IMemoryOwner<float>? _lockedScores;
    private readonly Memory<byte> _pixels;
    private readonly Memory<float> _scores;
    private readonly Call?[] _calls;
    private readonly string[] _inputs;
    private readonly RunOptions _options = new();

    /// <summary>Allocates the memory.</summary>
    /// <param name="session">The session.</param>
    /// <param name="capacity">Images that the batch may have; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">capacity is below 1.</exception>
    public SessionBatch(ClassifierSession session, int capacity)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var (pixels, scores) = (capacity * session.PixelBytes, capacity * session.Metadata.Labels.Count);
        _session = session;
        _inputs = [session.PixelsPort];
        _calls = new Call?[capacity];
        _lockedPixels = PageLockedMemory<byte>.TryAllocate(session, pixels);
        _lockedScores = PageLockedMemory<float>.TryAllocate(session, scores);
        _pixels = _lockedPixels?.Memory ?? GC.AllocateUninitializedArray<byte>(pixels, pinned: true);
        _scores = _lockedScores?.Memory ?? GC.AllocateUninitializedArray<float>(scores, pinned: true);
    }

    private static string[] Outputs { get; } = [ClassifierModel.Score];

    /// <summary>Images that the batch may have.</summary>
    public int Capacity => _calls.Length;

    /// <summary>The pixels of an image: [size, size, 3], RGB, as <c>ImageReader</c> reads them.</summary>
    /// <param name="image">0 to below <see cref="Capacity"/>.</param>
    public Span<byte> Pixels(int image) => _pixels.Span.Slice(image * _session.PixelBytes, _session.PixelBytes);

    /// <summary>The scores of an image, one a class, after <see cref="Run"/> and until the next.</summary>
    /// <param name="image">0 to below the number of images that were run.</param>
    public ReadOnlySpan<float> Scores(int image) =>
        _scores.Span.Slice(image * _session.Metadata.Labels.Count, _session.Metadata.Labels.Count);

    /// <summary>Scores the first images.</summary>
    /// <param name="count">How many; 1 to <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for so many, or there are none.</exception>
    /// <exception cref="ImageClassificationException">ONNX Runtime gave up, for example because the device lacks memory.</exception>
    public void Run(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        RunPadded(count, _session.Shapes.Of(count, Capacity));
    }

    /// <summary>Runs the model once on every size of batch that occurs, on black images, and ends with the smallest.</summary>
    /// <inheritdoc cref="Run"/>
    internal void WarmUp()
    {
        foreach (var size in BatchShapes.Few(Capacity).Reverse())
        {
            RunPadded(0, size);
        }
    }

    /// <summary>Releases the memory.</summary>
    public void Dispose()
    {
        foreach (var call in _calls)
        {
            call?.Dispose();
        }

        _options.Dispose();
        _lockedPixels?.Dispose();
        _lockedScores?.Dispose();
    }

    private void RunPadded(int count, int size)
    {
        _pixels.Span[(count * _session.PixelBytes)..(size * _session.PixelBytes)].Clear();
        try
        {
            // Not with an OrtIoBinding: that copies an input to a GPU once, when it is bound, so that later batches would get the scores of
            // the first.
            var call = _calls[size - 1] ??= new Call(_session, _pixels, _scores, size);
            _session.Session.Run(_options, _inputs, call.Inputs, Outputs, call.Outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw SessionFault.Of(size, _session.Device, e);
        }
    }

    /// <summary>The beginnings of both memories as tensors of a number of images.</summary>
    private sealed class Call : IDisposable
    {
        public Call(ClassifierSession session, Memory<byte> pixels, Memory<float> scores, int count)
        {
            var (size, classes) = (session.Metadata.ImageSize, session.Metadata.Labels.Count);
            Inputs = [OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, pixels[..(count * session.PixelBytes)], [count, size, size, Rgb.Channels])];
            Outputs = [OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, scores[..(count * classes)], [count, classes])];
        }

        public OrtValue[] Inputs { get; }

        public OrtValue[] Outputs { get; }

        public void Dispose()
        {
            Inputs[0].Dispose();
            Outputs[0].Dispose();
        }
    }
}
