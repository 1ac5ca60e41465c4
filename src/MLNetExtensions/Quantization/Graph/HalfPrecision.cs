using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Rewrites a float graph to one that computes in half precision, with the same inputs and outputs and half the size.</summary>
/// <remarks>
/// Batch normalisation is folded first: variances can exceed half precision, what is left of them in the weights does not. Then a Cast
/// leads into each part of <see cref="HalfRegion"/> and another out of it. Devices with fp16 arithmetic, such as NVIDIA's GPUs, compute the
/// region in it; for a CPU, ONNX Runtime adds the casts back to float. The weights are values of Constant nodes, which ONNX Runtime makes
/// initializers of: ML.NET's OnnxTransformer refuses a file with an initializer of half precision.
/// </remarks>
internal sealed class HalfPrecision
{
    // Half precision has a relative rounding error of 2⁻¹¹. Weights that lose more, because they are too large or too small for it, stay
    // float32.
    private const double LargestError = 1.0 / 1024;

    private readonly GraphLinks _links;
    private readonly HalfRegion _region;
    private readonly Dictionary<string, Half[]?> _rounded = [];
    private readonly HashSet<string> _written = [];
    private readonly List<NodeProto> _constants = [];
    private readonly List<NodeProto> _nodes = [];

    private HalfPrecision(GraphProto graph)
    {
        _links = new GraphLinks(graph);
        _region = new HalfRegion(graph, _links, weight => Rounded(weight) is not null);
    }

    /// <summary>The model in half precision. The given model is not changed.</summary>
    /// <exception cref="ModelFileException">There is no weight that half precision can hold.</exception>
    public static ModelProto Convert(ModelProto float32)
    {
        ArgumentNullException.ThrowIfNull(float32);
        var model = float32.Clone();
        BatchNormFolding.Fold(model.Graph);
        new HalfPrecision(model.Graph).Rewrite(model.Graph);
        return model;
    }

    private void Rewrite(GraphProto graph)
    {
        foreach (var node in graph.Node)
        {
            Write(node);
        }

        if (_constants.Count == 0)
        {
            throw new ModelFileException(
                "The model has no float32 weights that half precision can hold; "
                + "give the model as it was before it was quantised.");
        }

        graph.Node.Clear();
        graph.Node.Add(_constants);
        graph.Node.Add(_nodes);
        graph.RemoveUnreadInitializers();
        // What a file says of the types between its nodes is true no more, and is worked out by who needs it.
        graph.ValueInfo.Clear();
    }

    private void Write(NodeProto node)
    {
        var (isHalf, isLayer) = (_region.Contains(node), QuantizableNodes.IsLayer(node, _links));
        for (var i = 0; i < node.Input.Count; i++)
        {
            var input = node.Input[i];
            if (_links.IsInitializer(input))
            {
                node.Input[i] = !isLayer || Rounded(input) is null ? input
                    : isHalf ? Constant(input) : Cast(Constant(input), input, TensorProto.Types.DataType.Float);
            }
            else if (isHalf != _region.IsHalf(input))
            {
                node.Input[i] = Cast(input, input, isHalf ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float);
            }
        }

        _nodes.Add(node);
    }

    /// <summary>The name of a constant with an initializer's values in half precision.</summary>
    private string Constant(string initializer)
    {
        var name = $"{initializer}_fp16";
        if (_written.Add(name))
        {
            var value = TensorData.Create<Half>(name, [.. _links.Initializer(initializer)!.Dims], Rounded(initializer));
            _constants.Add(new NodeProto
            {
                OpType = "Constant",
                Name = name,
                Output = { name },
                Attribute = { NodeAttributes.Of("value", value) },
            });
        }

        return name;
    }

    /// <summary>The name of a tensor's values in another type.</summary>
    private string Cast(string tensor, string stem, TensorProto.Types.DataType type)
    {
        var name = $"{stem}_to_{(type == TensorProto.Types.DataType.Float ? "fp32" : "fp16")}";
        if (_written.Add(name))
        {
            _nodes.Add(new NodeProto
            {
                OpType = "Cast",
                Name = name,
                Input = { tensor },
                Output = { name },
                Attribute = { NodeAttributes.Of("to", (long)type) },
            });
        }

        return name;
    }

    /// <summary>An initializer's values in half precision; null where that loses too much of them.</summary>
    private Half[]? Rounded(string initializer)
    {
        if (!_rounded.TryGetValue(initializer, out var halves))
        {
            _rounded[initializer] = halves = Round(TensorData.Floats(_links.Initializer(initializer)!));
        }

        return halves;
    }

    private static Half[]? Round(ReadOnlySpan<float> weights)
    {
        var halves = new Half[weights.Length];
        var (error, size) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            halves[i] = (Half)weights[i];
            var difference = (double)weights[i] - (double)halves[i];
            error += difference * difference;
            size += (double)weights[i] * weights[i];
        }

        return error <= size * LargestError * LargestError ? halves : null;
    }
}
