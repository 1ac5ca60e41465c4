using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes a graph with quantised tensors, using QuantizeLinear and DequantizeLinear nodes.</summary>
/// <remarks>
/// Between these nodes every tensor is in float, as multiples of its scale, so the file means the same to every runtime. Runtimes that know
/// the pattern compute the node between a DequantizeLinear and a QuantizeLinear in integers.
/// </remarks>
internal sealed class QuantizedGraph
{
    private readonly GraphLinks _links;
    private readonly QuantizedRegion _region;
    private readonly GraphProto _written;
    private readonly QdqNodes _qdq;
    private readonly QuantizedActivations _activations;

    private QuantizedGraph(
        GraphProto graph, GraphLinks links, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        _links = links;
        _region = region;
        _written = new GraphProto { Name = graph.Name, Input = { graph.Input }, Output = { graph.Output } };
        _qdq = new QdqNodes(_written);
        _activations = new QuantizedActivations(_qdq, region, ranges);
    }

    /// <summary>The graph with the region's tensors quantised. The given graph is not changed.</summary>
    /// <param name="graph">The float graph, batch normalisation folded.</param>
    /// <param name="links">The same graph's links.</param>
    /// <param name="region">What is to be quantised.</param>
    /// <param name="ranges">The range of every <see cref="QuantizedRegion.ScaleSource"/> of a quantised tensor.</param>
    /// <exception cref="ArgumentException">A range is missing or invalid.</exception>
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
        var (input, kernel) = (original.Input[0], _links.Initializer(original.Input[1])!);
        if (_region.Contains(original))
        {
            var bias = QuantizableNodes.BiasOf(original);
            ReadRounded(node);
            QuantizedLayer.Write(
                _qdq, node, kernel, bias is null ? null : _links.Initializer(bias), _activations.QuantizationOf(input).Scale);
            return;
        }

        KeepConstants(original);
        if (_region.IsQuantized(input))
        {
            node.Input[0] = _activations.DequantizeFor(original.Name, input, kernel.Dims[1] * original.Integer("group", 1));
        }
    }

    /// <summary>Pads in uint8, because ONNX Runtime cannot turn a Pad between floats into an integer operator.</summary>
    private void WritePad(NodeProto pad)
    {
        var (input, output) = (pad.Input[0], pad.Output[0]);
        KeepConstants(pad);
        pad.Input[0] = QuantizedActivations.Bytes(input);
        pad.Input.Add(_activations.WriteScale(output).ZeroPoint);
        pad.Output[0] = QuantizedActivations.Bytes(output);
        _written.Node.Add(pad);
        _activations.Dequantize(output);
    }

    /// <summary>Rounds a tensor: quantises it and converts it back.</summary>
    private void RoundIfQuantized(string tensor)
    {
        if (_region.IsQuantized(tensor))
        {
            _activations.Quantize(tensor);
            if (!_links.Readers(tensor).All(ReadsBytes))
            {
                _activations.Dequantize(tensor);
            }
        }
    }

    /// <summary>
    /// Whether a node reads the uint8 tensor itself: a Pad of the region, or a float layer, which converts it back in its own way.
    /// </summary>
    private bool ReadsBytes(NodeProto node) => QuantizableNodes.IsLayer(node, _links)
        ? !_region.Contains(node)
        : _region.Contains(node) && QuantizableNodes.PadsWithZeros(node, _links);

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
                node.Input[i] = QuantizedActivations.Rounded(node.Input[i]);
            }
        }
    }
}
