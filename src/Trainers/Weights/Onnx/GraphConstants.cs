using System.Runtime.InteropServices;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>The constants of an ONNX graph, also those that are stored in half precision and cast.</summary>
internal sealed class GraphConstants
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorProto> _tensors;

    /// <param name="file">The file, for messages.</param>
    /// <param name="graph">The graph.</param>
    public GraphConstants(MappedFile file, GraphProto graph)
    {
        _file = file;
        _tensors = graph.Initializer.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var constant in graph.Node.Where(node => node is { OpType: "Constant", Output.Count: 1 }))
        {
            if (constant.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is { } value)
            {
                _tensors.TryAdd(constant.Output[0], value);
            }
        }

        foreach (var cast in graph.Node.Where(node => node is { OpType: "Cast", Input.Count: 1, Output.Count: 1 }))
        {
            if (_tensors.TryGetValue(cast.Input[0], out var stored))
            {
                _tensors.TryAdd(cast.Output[0], stored);
            }
        }
    }

    /// <summary>A constant's dimensions; none if there is no such constant.</summary>
    public long[] Shape(string name) => _tensors.TryGetValue(name, out var tensor) ? [.. tensor.Dims] : [];

    /// <summary>A constant's values in row-major order.</summary>
    /// <param name="name">Its name in the graph.</param>
    /// <param name="weight">What it is in the network, for messages.</param>
    /// <exception cref="WeightsFileException">
    /// There is no such constant, or it has not as many floating-point numbers as its shape says.
    /// </exception>
    public float[] Floats(string name, string weight)
    {
        var tensor = _tensors.GetValueOrDefault(name) ?? throw _file.Refused($"its graph has no constant for {weight}");
        var values = (TensorProto.Types.DataType)tensor.DataType switch
        {
            TensorProto.Types.DataType.Float when tensor.FloatData.Count > 0 => tensor.FloatData.ToArray(),
            TensorProto.Types.DataType.Float => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray(),
            TensorProto.Types.DataType.Float16 =>
                Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.RawData.Span).ToArray(), half => (float)half),
            var other => throw _file.Refused($"its tensor {MappedFile.Quote(name)} is of type {other}, not of floating-point numbers"),
        };

        // As a real number, because a damaged shape may overflow any integer.
        return tensor.Dims.Aggregate(1.0, (product, size) => product * size) == values.Length
            ? values
            : throw _file.Damaged(
                $"its tensor {MappedFile.Quote(name)} of shape [{string.Join(", ", tensor.Dims)}] has {values.Length} values in the file");
    }
}
