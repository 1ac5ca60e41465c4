using MLNetExtensions.Onnx;

namespace MLNetExtensions.Quantization;

/// <summary>Writes a graph down with quantised tensors, in the form of QuantizeLinear and DequantizeLinear nodes.</summary>
/// <remarks>
/// Between the nodes stands every tensor in floats that are multiples of its scale, so the file means the same to every runtime; those
/// that know the pattern compute the node between a DequantizeLinear and a QuantizeLinear in integers.
/// </remarks>
internal sealed class QuantizedGraph
{
    private readonly GraphLinks _links;
    private readonly QuantizedRegion _region;
    private readonly IReadOnlyDictionary<string, ActivationRange> _ranges;
    private readonly GraphProto _written;
    private readonly HashSet<string> _initializersWritten = [];

    private QuantizedGraph(
        GraphProto graph, GraphLinks links, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        _links = links;
        _region = region;
        _ranges = ranges;
        _written = new GraphProto { Name = graph.Name, Input = { graph.Input }, Output = { graph.Output } };
    }

    /// <summary>The graph with the region's tensors quantised; the argument is left as it is.</summary>
    /// <param name="graph">The float graph, batch normalisation folded.</param>
    /// <param name="links">The same graph's links.</param>
    /// <param name="region">What is to be quantised.</param>
    /// <param name="ranges">The range of every <see cref="QuantizedRegion.ScaleSource"/> of a quantised tensor.</param>
    public static GraphProto Write(
        GraphProto graph, GraphLinks links, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        var quantized = new QuantizedGraph(graph, links, region, ranges);
        foreach (var input in graph.Input)
        {
            quantized.RoundIfQuantized(input.Name);
        }

        foreach (var node in graph.Node)
        {
            quantized.Write(node);
        }

        return quantized._written;
    }

    private void Write(NodeProto original)
    {
        if (_region.Contains(original) && QuantizableNodes.PadsWithZeros(original, _links))
        {
            WritePad(original);
            return;
        }

        var node = original.Clone();
        var isLayer = _region.Contains(original) && QuantizableNodes.IsLayer(original, _links);
        if (isLayer)
        {
            WriteWeights(original, node);
        }

        for (var i = 0; i < node.Input.Count; i++)
        {
            if (_links.Initializer(original.Input[i]) is { } constant)
            {
                if (!isLayer)
                {
                    WriteInitializer(constant);
                }
            }
            else if (_region.IsQuantized(original.Input[i]))
            {
                node.Input[i] = Dequantized(original.Input[i]);
            }
        }

        _written.Node.Add(node);
        foreach (var output in original.Output)
        {
            RoundIfQuantized(output);
        }
    }

    /// <summary>Rounds a tensor: quantises it and takes it back.</summary>
    private void RoundIfQuantized(string tensor)
    {
        if (!_region.IsQuantized(tensor))
        {
            return;
        }

        var (scale, zeroPoint) = WriteScale(tensor);
        AddNode("QuantizeLinear", [tensor, scale, zeroPoint], Quantized(tensor));
        AddNode("DequantizeLinear", [Quantized(tensor), scale, zeroPoint], Dequantized(tensor));
    }

    /// <summary>Pads in uint8, because ONNX Runtime has no integer form of a Pad between floats.</summary>
    private void WritePad(NodeProto original)
    {
        var (input, output) = (original.Input[0], original.Output[0]);
        var (scale, zeroPoint) = WriteScale(output);
        var pad = original.Clone();
        pad.Input[0] = Quantized(input);
        pad.Input.Add(zeroPoint);
        pad.Output[0] = Quantized(output);
        WriteInitializer(_links.Initializer(original.Input[1])!);
        _written.Node.Add(pad);
        AddNode("DequantizeLinear", [Quantized(output), scale, zeroPoint], Dequantized(output));
    }

    private void WriteWeights(NodeProto original, NodeProto node)
    {
        var kernel = _links.Initializer(original.Input[1])!;
        var bias = QuantizableNodes.BiasOf(original);
        var inputScale = QuantizationOf(original.Input[0]).Scale;
        var channels = (int)kernel.Dims[0];
        var quantized = WeightQuantization.Of(
            TensorData.Floats(kernel), bias is null ? [] : TensorData.Floats(_links.Initializer(bias)!), inputScale, channels);

        // Named for the node, because the scales of a shared weight depend on what each of its nodes reads.
        node.Input[1] = $"{original.Name}.{kernel.Name}";
        WriteInitializer(TensorData.Create<sbyte>($"{node.Input[1]}_quantized", [.. kernel.Dims], quantized.Weights));
        WriteInitializer(TensorData.Create<sbyte>($"{node.Input[1]}_zero_point", [channels], new sbyte[channels]));
        WriteInitializer(TensorData.Create<float>($"{node.Input[1]}_scale", [channels], quantized.Scales));
        AddNode("DequantizeLinear", [$"{node.Input[1]}_quantized", $"{node.Input[1]}_scale", $"{node.Input[1]}_zero_point"], node.Input[1], axis: 0);
        if (bias is not null)
        {
            node.Input[2] = $"{original.Name}.{bias}";
            WriteInitializer(TensorData.Create<int>($"{node.Input[2]}_quantized", [channels], quantized.Bias));
            WriteInitializer(TensorData.Create<float>($"{node.Input[2]}_scale", [channels], quantized.BiasScales(inputScale)));
            AddNode("DequantizeLinear", [$"{node.Input[2]}_quantized", $"{node.Input[2]}_scale"], node.Input[2], axis: 0);
        }
    }

    private (string Scale, string ZeroPoint) WriteScale(string tensor)
    {
        var source = _region.ScaleSource(tensor);
        var (scale, zeroPoint) = QuantizationOf(tensor);
        var names = ($"{source}_scale", $"{source}_zero_point");
        WriteInitializer(TensorData.Create<float>(names.Item1, [], [scale]));
        WriteInitializer(TensorData.Create<byte>(names.Item2, [], [zeroPoint]));
        return names;
    }

    private ActivationQuantization QuantizationOf(string tensor)
    {
        var source = _region.ScaleSource(tensor);
        return _ranges.TryGetValue(source, out var range)
            ? ActivationQuantization.Of(range)
            : throw new ArgumentException($"The range of the activation '{source}' is missing.", nameof(tensor));
    }

    private void WriteInitializer(TensorProto tensor)
    {
        if (_initializersWritten.Add(tensor.Name))
        {
            _written.Initializer.Add(tensor);
        }
    }

    private void AddNode(string operation, string[] inputs, string output, long? axis = null)
    {
        var node = new NodeProto { OpType = operation, Name = output, Input = { inputs }, Output = { output } };
        if (axis is { } value)
        {
            node.Attribute.Add(NodeAttributes.Of("axis", value));
        }

        _written.Node.Add(node);
    }

    private static string Quantized(string tensor) => $"{tensor}_quantized";

    private static string Dequantized(string tensor) => $"{tensor}_dequantized";
}
