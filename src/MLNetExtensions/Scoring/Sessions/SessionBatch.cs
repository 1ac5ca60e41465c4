using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>Memory for one batch on its way through a session: pixels in, scores and what else is asked for out. For one user.</summary>
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
    private readonly Memory<byte> _pixels;
    private readonly OutputMemory _scores;
    private readonly OutputMemory[] _outputs;
    private readonly string[] _ports;
    private readonly Call?[] _calls;
    private readonly string[] _inputs;
    private readonly RunOptions _options = new();

    /// <summary>Allocates the memory.</summary>
    /// <param name="session">The session.</param>
    /// <param name="capacity">Images that the batch may have; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">capacity is below 1.</exception>
    public SessionBatch(ClassifierSession session, int capacity)
        : this(session, capacity, ModelOutputs.None)
    {
    }

    /// <summary>Allocates the memory, also for what is read beside scores.</summary>
    /// <param name="session">The session.</param>
    /// <param name="capacity">Images that the batch may have; at least 1.</param>
    /// <param name="outputs">What is read beside scores, all of it among the session's <see cref="ClassifierSession.Outputs"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">capacity is below 1, or the model lacks an output.</exception>
    public SessionBatch(ClassifierSession session, int capacity, ModelOutputs outputs)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if ((outputs & ~session.Outputs) != ModelOutputs.None)
        {
            throw new ArgumentOutOfRangeException(nameof(outputs), outputs, $"The model gives {session.Outputs} beside scores.");
        }

        var pixels = capacity * session.PixelBytes;
        _session = session;
        _inputs = [session.PixelsPort];
        _calls = new Call?[capacity];
        _lockedPixels = PageLockedMemory<byte>.TryAllocate(session, pixels);
        _pixels = _lockedPixels?.Memory ?? GC.AllocateUninitializedArray<byte>(pixels, pinned: true);
        _scores = new OutputMemory(session, ModelOutputs.None, [session.Metadata.Labels.Count], capacity);
        _outputs =
        [
            _scores,
            .. OutputPorts.Each(outputs).Select(output => new OutputMemory(session, output, session.ShapeOf(output), capacity)),
        ];
        _ports = [ClassifierModel.Score, .. OutputPorts.Names(outputs)];
    }

    /// <summary>Images that the batch may have.</summary>
    public int Capacity => _calls.Length;

    /// <summary>The pixels of an image: [size, size, 3], RGB, as <c>ImageReader</c> reads them.</summary>
    /// <param name="image">0 to below <see cref="Capacity"/>.</param>
    public Span<byte> Pixels(int image) => _pixels.Span.Slice(image * _session.PixelBytes, _session.PixelBytes);

    /// <summary>The scores of an image, one a class, after <see cref="Run"/> and until the next.</summary>
    /// <param name="image">0 to below the number of images that were run.</param>
    public ReadOnlySpan<float> Scores(int image) => _scores.Of(image);

    /// <summary>The values of an image of one of the outputs that are read, after <see cref="Run"/> and until the next.</summary>
    /// <param name="output">The output.</param>
    /// <param name="image">0 to below the number of images that were run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The output is not read.</exception>
    public ReadOnlySpan<float> Values(ModelOutputs output, int image)
    {
        foreach (var memory in _outputs)
        {
            if (memory.Output == output && output != ModelOutputs.None)
            {
                return memory.Of(image);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(output), output, "This batch does not read it.");
    }

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

    /// <summary>
    /// Runs the model once on every size of batch that occurs, on black images, the largest first; not on one image, which is the trial's.
    /// </summary>
    /// <inheritdoc cref="Run"/>
    internal void WarmUp()
    {
        foreach (var size in BatchShapes.Few(Capacity).Reverse().Where(size => size > 1))
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
        Array.ForEach(_outputs, output => output.Dispose());
    }

    private void RunPadded(int count, int size)
    {
        _pixels.Span[(count * _session.PixelBytes)..(size * _session.PixelBytes)].Clear();
        try
        {
            // Not with an OrtIoBinding: that copies an input to a GPU once, when it is bound, so that later batches would get the scores of
            // the first.
            var call = _calls[size - 1] ??= new Call(_session, _pixels, _outputs, size);
            _session.Session.Run(_options, _inputs, call.Inputs, _ports, call.Outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw SessionFault.Of(size, _session.Device, e);
        }
    }

    /// <summary>The beginnings of all memories as tensors of a number of images.</summary>
    private sealed class Call : IDisposable
    {
        public Call(ClassifierSession session, Memory<byte> pixels, OutputMemory[] outputs, int count)
        {
            var size = session.Metadata.ImageSize;
            Inputs = [OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, pixels[..(count * session.PixelBytes)], [count, size, size, Rgb.Channels])];
            Outputs = Array.ConvertAll(outputs, output => output.First(count));
        }

        public OrtValue[] Inputs { get; }

        public OrtValue[] Outputs { get; }

        public void Dispose()
        {
            Inputs[0].Dispose();
            Array.ForEach(Outputs, output => output.Dispose());
        }
    }
}
