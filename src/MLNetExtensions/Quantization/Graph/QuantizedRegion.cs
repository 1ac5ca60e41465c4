using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Which nodes of a graph compute in integers, and which tensors between them are quantised.</summary>
/// <remarks>
/// A layer is in the region unless it must stay in float. A node without weights is in it if at least part of its input comes from the
/// region and the region reads its output. So the nodes before the first convolution stay in float. So do nodes that depend only on a
/// float layer, such as its ReLU or SiLU, up to the next quantised layer. A residual sum of a float branch and a quantised branch is in
/// the region. The nodes of the <see cref="Decision"/> are never in it.
/// </remarks>
internal sealed class QuantizedRegion
{
    private readonly GraphLinks _links;
    private readonly HashSet<NodeProto> _members = new(ReferenceEqualityComparer.Instance);

    /// <param name="links">The graph, batch normalisation folded.</param>
    /// <param name="floatLayers">Names of layers that stay in float.</param>
    public QuantizedRegion(GraphLinks links, IReadOnlySet<string> floatLayers)
    {
        _links = links;
        foreach (var node in links.Nodes)
        {
            if (QuantizableNodes.IsLayer(node, links)
                ? !floatLayers.Contains(node.Name)
                : !Decision.Contains(node) && QuantizableNodes.IsWeightless(node, links) && links.Activations(node).Any(ComesFromRegion))
            {
                _members.Add(node);
            }
        }

        foreach (var node in links.Nodes.Reverse())
        {
            if (!QuantizableNodes.IsLayer(node, links) && !links.Readers(node.Output[0]).Any(Contains) && !EndsConvolution(node))
            {
                _members.Remove(node);
            }
        }
    }

    public bool Contains(NodeProto node) => _members.Contains(node);

    /// <summary>
    /// Whether a tensor is rounded to uint8: the region reads it, or it is the output of a convolution of the region. A constant is not:
    /// who reads a layer's weights otherwise than as its weights reads them in float.
    /// </summary>
    public bool IsQuantized(string tensor) => !_links.IsInitializer(tensor) && IsQuantizedActivation(tensor);

    /// <summary>The tensor whose range determines a tensor's scale: itself, or the one from which scale-keeping nodes made it.</summary>
    public string ScaleSource(string tensor)
    {
        while (_links.Producer(tensor) is { } producer && QuantizableNodes.KeepsScale(producer, _links))
        {
            tensor = producer.Input[0];
        }

        return tensor;
    }

    /// <summary>Whether a tensor comes from a ReLU. Rounding can replace the ReLU only if the range begins at 0.</summary>
    public bool IsNonNegative(string tensor) => _links.Producer(tensor) is { } producer && QuantizableNodes.IsRelu(producer);

    private bool IsQuantizedActivation(string tensor) =>
        IsReadInRegion(tensor)
        || (_links.Producer(tensor) is { } producer && (EndsConvolution(producer)
            || (IsConvolutionOfRegion(producer) && !_links.Readers(tensor).Any(IsAbsorbed))));

    private bool ComesFromRegion(string tensor) => _links.Producer(tensor) is { } producer && Contains(producer);

    private bool IsReadInRegion(string tensor) => _links.Readers(tensor).Any(reader => Contains(reader) && !IsAbsorbed(reader));

    private bool EndsConvolution(NodeProto node) =>
        IsAbsorbed(node) && _links.Producer(node.Input[0]) is { } producer && IsConvolutionOfRegion(producer);

    private bool IsConvolutionOfRegion(NodeProto node) => QuantizableNodes.IsConvolution(node) && Contains(node);

    /// <summary>
    /// A ReLU that is its input's only reader. Rounding its result to a range that begins at 0 does the work of the ReLU, so no rounding is
    /// needed between the two. After a node that keeps its input's scale, the rounding is needed.
    /// </summary>
    private bool IsAbsorbed(NodeProto node) =>
        QuantizableNodes.IsRelu(node) && _links.OnlyReader(node.Input[0]) is not null
        && _links.Producer(node.Input[0]) is { } producer && !QuantizableNodes.KeepsScale(producer, _links);
}
