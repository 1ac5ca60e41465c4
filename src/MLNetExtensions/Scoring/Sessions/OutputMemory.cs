using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Sessions;

/// <summary>Memory for one output of a batch, page-locked beside an NVIDIA GPU.</summary>
internal sealed class OutputMemory : IDisposable
{
    private readonly int[] _shape;
    private readonly int _width;
    private readonly IMemoryOwner<float>? _locked;
    private readonly Memory<float> _values;

    /// <summary>Allocates the memory.</summary>
    /// <param name="session">The session that writes to it.</param>
    /// <param name="output">The output; none for the scores.</param>
    /// <param name="shape">Shape of an image's values.</param>
    /// <param name="capacity">Images that the batch may have.</param>
    public OutputMemory(ClassifierSession session, ModelOutputs output, int[] shape, int capacity)
    {
        (Output, _shape, _width) = (output, shape, shape.Aggregate(1, (product, length) => product * length));
        _locked = PageLockedMemory<float>.TryAllocate(session, capacity * _width);
        _values = _locked?.Memory ?? GC.AllocateUninitializedArray<float>(capacity * _width, pinned: true);
    }

    /// <summary>The output; none for the scores.</summary>
    public ModelOutputs Output { get; }

    /// <summary>The values of an image.</summary>
    public ReadOnlySpan<float> Of(int image) => _values.Span.Slice(image * _width, _width);

    /// <summary>The beginning of the memory as a tensor of a number of images. The caller owns it.</summary>
    public OrtValue First(int count) => OrtValue.CreateTensorValueFromMemory(
        OrtMemoryInfo.DefaultInstance, _values[..(count * _width)], [count, .. _shape.Select(length => (long)length)]);

    public void Dispose() => _locked?.Dispose();
}
