using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Which nodes of a graph compute in half precision.</summary>
/// <remarks>
/// The layers whose weights half precision can hold, and what lies between them: sums, products, pools, activations. What comes before the
/// first layer stays in float, since normalised pixels come from it, and so does what ends the network: the layer that gives the logits,
/// and the <see cref="Decision"/>. Half precision rounds a logit of 20 to 1/64, and a probability would be off by as much.
/// </remarks>
internal sealed class HalfRegion
{
    private readonly GraphLinks _links;
    private readonly HashSet<NodeProto> _members = new(ReferenceEqualityComparer.Instance);

    /// <param name="graph">The graph, batch normalisation folded.</param>
    /// <param name="links">Its links.</param>
    /// <param name="fits">Whether half precision can hold the weights of this name.</param>
    public HalfRegion(GraphProto graph, GraphLinks links, Predicate<string> fits)
    {
        _links = links;
        var ends = FromTheLastLayerOn();
        var outputs = graph.Output.Select(port => port.Name).ToHashSet();
        foreach (var node in links.Nodes.Where(node => !ends.Contains(node) && !node.Output.Any(outputs.Contains)))
        {
            if (QuantizableNodes.IsLayer(node, links)
                ? node.Input.Where(links.IsInitializer).All(weight => fits(weight))
                : QuantizableNodes.IsWeightless(node, links) && links.Activations(node).Any(IsHalf))
            {
                _members.Add(node);
            }
        }
    }

    public bool Contains(NodeProto node) => _members.Contains(node);

    /// <summary>Whether a tensor is one of half precision.</summary>
    public bool IsHalf(string tensor) => _links.Producer(tensor) is { } producer && Contains(producer);

    /// <summary>The nodes that decide, and those whose results they are given, back to the layers that give the logits.</summary>
    private HashSet<NodeProto> FromTheLastLayerOn()
    {
        var found = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<NodeProto>(_links.Nodes.Where(Decision.Contains));
        while (open.TryPop(out var node))
        {
            if (found.Add(node) && !QuantizableNodes.IsLayer(node, _links))
            {
                foreach (var producer in node.Input.Select(_links.Producer).OfType<NodeProto>())
                {
                    open.Push(producer);
                }
            }
        }

        return found;
    }
}
