using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Edits the lists of an ONNX graph. Nodes are compared by identity: protobuf itself compares them by value.</summary>
internal static class GraphEdits
{
    public static void Remove(this GraphProto graph, NodeProto node) => graph.Node.RemoveAt(IndexOf(graph, node));

    public static void Replace(this GraphProto graph, NodeProto node, NodeProto other) => graph.Node[IndexOf(graph, node)] = other;

    /// <summary>Removes the constants that no node reads.</summary>
    public static void RemoveUnreadInitializers(this GraphProto graph)
    {
        var read = graph.Node.SelectMany(node => node.Input).ToHashSet();
        var kept = graph.Initializer.Where(tensor => read.Contains(tensor.Name)).ToArray();
        graph.Initializer.Clear();
        graph.Initializer.Add(kept);
    }

    private static int IndexOf(GraphProto graph, NodeProto node)
    {
        for (var i = 0; i < graph.Node.Count; i++)
        {
            if (ReferenceEquals(graph.Node[i], node))
            {
                return i;
            }
        }

        throw new ArgumentException($"The graph has no such node '{node.Name}'.", nameof(node));
    }
}
