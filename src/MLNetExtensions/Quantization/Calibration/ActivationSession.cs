using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>Receives the values that one image produces in a tensor inside the network.</summary>
/// <param name="tensor">The tensor's index in the list.</param>
/// <param name="values">The values, in native memory that is freed when the call returns.</param>
internal delegate void ActivationVisitor(int tensor, ReadOnlySpan<float> values);

/// <summary>Runs a model and reads tensors inside it.</summary>
/// <remarks>
/// All activations of ResNet-50 at 224×224 take about 100 MB per image, those of larger networks gigabytes. So the tensors are fetched in
/// groups that fit a memory budget; the model runs once for each group. Their sizes come from a run on a black image.
/// </remarks>
internal sealed class ActivationSession : IDisposable
{
    private const int FloatType = 1;
    private const int TensorsPerProbe = 16;

    private readonly InferenceSession _session;
    private readonly IReadOnlyList<string> _tensors;
    private readonly long[] _shape;
    private readonly List<int[]> _groups = [];

    /// <summary>Opens a session that has the tensors as outputs.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="imageSize">Width and height of its input in pixels.</param>
    /// <param name="tensors">Names of float tensors.</param>
    /// <param name="budgetBytes">Largest memory for tensors that are held at the same time.</param>
    /// <exception cref="ModelFileException">ONNX Runtime cannot run the model.</exception>
    public ActivationSession(ModelProto model, int imageSize, IReadOnlyList<string> tensors, long budgetBytes = 1L << 30)
    {
        _tensors = tensors;
        _shape = [1, imageSize, imageSize, Rgb.Channels];
        var content = WithOutputs(model, tensors).ToByteArray();
        try
        {
            var opener = new SessionOpener(ExecutionProviders.Installed(), NullLogger.Instance);
            (_session, _) = opener.Open(ComputeDevice.Cpu, threadsPerCall: 1, options => new InferenceSession(content, options));
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFileException(
                $"ONNX Runtime cannot show the model's activations: it is damaged, or of a newer kind than " +
                $"known{ForeignError.InBrackets(e)}.", e);
        }

        try
        {
            ConcurrentImages = Group(budgetBytes);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Number of images that may be processed at the same time within the budget; at least 1.</summary>
    public int ConcurrentImages { get; }

    /// <summary>How often the model runs for each image.</summary>
    public int RunsPerImage => _groups.Count;

    /// <summary>Runs the model on one image. Safe for several threads at once.</summary>
    /// <param name="pixels">Bytes [size, size, 3].</param>
    /// <param name="visit">Called once for every tensor, on the caller's thread.</param>
    public void Show(byte[] pixels, ActivationVisitor visit)
    {
        foreach (var group in _groups)
        {
            Fetch(pixels, group, visit);
        }
    }

    public void Dispose() => _session.Dispose();

    private static ModelProto WithOutputs(ModelProto model, IEnumerable<string> tensors)
    {
        var outputs = model.Graph.Output.Select(port => port.Name).ToHashSet(StringComparer.Ordinal);
        var shown = model.Clone();
        shown.Graph.Output.Add(tensors.Where(outputs.Add).Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType } },
        }));
        return shown;
    }

    private int Group(long budgetBytes)
    {
        var bytes = new long[_tensors.Count];
        var black = new byte[_shape.Aggregate(1, (product, length) => product * (int)length)];
        foreach (var probe in Enumerable.Range(0, bytes.Length).Chunk(TensorsPerProbe))
        {
            Fetch(black, probe, (tensor, values) => bytes[tensor] = (long)values.Length * sizeof(float));
        }

        var (group, groupBytes, largest) = (new List<int>(), 0L, 1L);
        foreach (var (tensor, size) in bytes.Index())
        {
            if (group.Count > 0 && groupBytes + size > budgetBytes)
            {
                _groups.Add([.. group]);
                (group, groupBytes) = ([], 0);
            }

            group.Add(tensor);
            groupBytes += size;
            largest = Math.Max(largest, groupBytes);
        }

        if (group.Count > 0)
        {
            _groups.Add([.. group]);
        }

        return (int)Math.Clamp(budgetBytes / largest, 1, int.MaxValue);
    }

    private void Fetch(byte[] pixels, int[] tensors, ActivationVisitor visit)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, _shape);
        using var options = new RunOptions();
        using var values = Run(options, input, [.. tensors.Select(tensor => _tensors[tensor])]);
        foreach (var (tensor, value) in tensors.Zip(values))
        {
            visit(tensor, value.GetTensorDataAsSpan<float>());
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue input, string[] outputs)
    {
        try
        {
            return _session.Run(options, [_session.InputNames[0]], [input], outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw SessionFault.Of(images: 1, ComputeDevice.Cpu, e);
        }
    }
}
