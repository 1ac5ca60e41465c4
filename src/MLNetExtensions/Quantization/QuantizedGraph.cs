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
    private readonly QdqNodes _qdq;

    private QuantizedGraph(
        GraphProto graph, GraphLinks links, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        _links = links;
        _region = region;
        _ranges = ranges;
        _written = new GraphProto { Name = graph.Name, Input = { graph.Input }, Output = { graph.Output } };
        _qdq = new QdqNodes(_written);
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
        var node = original.Clone();
        if (QuantizableNodes.IsLayer(original, _links))
        {
            WriteLayer(original, node);
        }
        else if (ReadsBytes(original))
        {
            WritePad(node);
            return;
        }
        else
        {
            KeepConstants(original);
            ReadRounded(node);
        }

        _written.Node.Add(node);
        foreach (var output in original.Output)
        {
            RoundIfQuantized(output);
        }
    }

    private void WriteLayer(NodeProto original, NodeProto node)
    {
        var input = original.Input[0];
        if (_region.Contains(original))
        {
            ReadRounded(node);
            var bias = QuantizableNodes.BiasOf(original);
            QuantizedLayer.Write(
                _qdq, node, _links.Initializer(original.Input[1])!, bias is null ? null : _links.Initializer(bias), QuantizationOf(input).Scale);
            return;
        }

        KeepConstants(original);
        if (_region.IsQuantized(input))
        {
            node.Input[0] = DequantizePerChannel(input, original);
        }
    }

    private void KeepConstants(NodeProto original)
    {
        foreach (var constant in original.Input.Select(_links.Initializer).OfType<TensorProto>())
        {
            _qdq.Constant(constant);
        }
    }

    private void ReadRounded(NodeProto node)
    {
        for (var i = 0; i < node.Input.Count; i++)
        {
            if (_region.IsQuantized(node.Input[i]))
            {
                node.Input[i] = Dequantized(node.Input[i]);
            }
        }
    }

    /// <summary>Rounds a tensor: quantises it and takes it back.</summary>
    private void RoundIfQuantized(string tensor)
    {
        if (_region.IsQuantized(tensor))
        {
            var (scale, zeroPoint) = WriteScale(tensor);
            _qdq.Quantize(tensor, Quantized(tensor), scale, zeroPoint);
            if (!_links.Readers(tensor).All(ReadsBytes))
            {
                _qdq.Dequantize(Quantized(tensor), Dequantized(tensor), scale, zeroPoint);
            }
        }
    }

    /// <summary>Whether a node starts from the uint8 tensor itself: a Pad of the region, or a float layer, which takes it back in its own way.</summary>
    private bool ReadsBytes(NodeProto node) => QuantizableNodes.IsLayer(node, _links)
        ? !_region.Contains(node)
        : _region.Contains(node) && QuantizableNodes.PadsWithZeros(node, _links);

    /// <summary>Pads in uint8, because ONNX Runtime has no integer form of a Pad between floats.</summary>
    private void WritePad(NodeProto pad)
    {
        var (input, output) = (pad.Input[0], pad.Output[0]);
        var (scale, zeroPoint) = WriteScale(output);
        KeepConstants(pad);
        pad.Input[0] = Quantized(input);
        pad.Input.Add(zeroPoint);
        pad.Output[0] = Quantized(output);
        _written.Node.Add(pad);
        _qdq.Dequantize(Quantized(output), Dequantized(output), scale, zeroPoint);
    }

    /// <summary>What a layer in float reads: the same numbers, but written as if each channel had a scale of its own.</summary>
    /// <remarks>
    /// Otherwise ONNX Runtime (its WeightBiasQuantization) takes a float layer between two rounded tensors for one whose weights
    /// were forgotten, and rounds them after all, with one scale for the whole tensor.
    /// </remarks>
    private string DequantizePerChannel(string tensor, NodeProto layer)
    {
        var channels = _links.Initializer(layer.Input[1])!.Dims[1] * layer.Integer("group", 1);
        var quantization = QuantizationOf(tensor);
        var (scales, zeroPoints) = (new float[channels], new byte[channels]);
        Array.Fill(scales, quantization.Scale);
        Array.Fill(zeroPoints, quantization.ZeroPoint);
        var name = $"{tensor}_for_{layer.Name}";
        _qdq.Dequantize(
            Quantized(tensor),
            name,
            _qdq.Constant(TensorData.Create<float>($"{name}_scale", [channels], scales)),
            _qdq.Constant(TensorData.Create<byte>($"{name}_zero_point", [channels], zeroPoints)),
            axis: 1);
        return name;
    }

    private (string Scale, string ZeroPoint) WriteScale(string tensor)
    {
        var source = _region.ScaleSource(tensor);
        var (scale, zeroPoint) = QuantizationOf(tensor);
        return (
            _qdq.Constant(TensorData.Create<float>($"{source}_scale", [], [scale])),
            _qdq.Constant(TensorData.Create<byte>($"{source}_zero_point", [], [zeroPoint])));
    }

    private ActivationQuantization QuantizationOf(string tensor)
    {
        var source = _region.ScaleSource(tensor);
        return _ranges.TryGetValue(source, out var range)
            ? ActivationQuantization.Of(range)
            : throw new ArgumentException($"The range of the activation '{source}' is missing.", nameof(tensor));
    }

    private static string Quantized(string tensor) => $"{tensor}_quantized";

    private static string Dequantized(string tensor) => $"{tensor}_dequantized";
}
