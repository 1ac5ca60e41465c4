using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes the pixels' (x − mean) · scale as one node, BatchNormalization, in place of Sub and Mul.</summary>
/// <remarks>
/// ONNX Runtime lays images out channels last for integer convolutions, and moves Sub and Mul there, too, where a constant of
/// three channels broadcasts slowly: 1.3 of 11 ms in EfficientNet-B0. A BatchNormalization stays where it is.
/// </remarks>
internal static class PixelNormalization
{
    /// <summary>Changes the graph in place; the result bears the same name and differs by float rounding only.</summary>
    public static void Join(GraphProto graph)
    {
        var links = new GraphLinks(graph);
        foreach (var scaling in graph.Node.Where(node => node.OpType == "Mul" && ChannelsOf(node, links) is not null).ToArray())
        {
            if (links.Producer(scaling.Input[0]) is { OpType: "Sub" } centring && links.OnlyReader(scaling.Input[0]) == scaling
                && ChannelsOf(centring, links) == ChannelsOf(scaling, links))
            {
                Join(graph, links, centring, scaling);
            }
        }
    }

    private static void Join(GraphProto graph, GraphLinks links, NodeProto centring, NodeProto scaling)
    {
        var channels = ChannelsOf(scaling, links)!.Value;
        string Constant(string role, ReadOnlySpan<float> values)
        {
            var name = $"{scaling.Output[0]}_{role}";
            graph.Initializer.Add(TensorData.Create(name, [channels], values));
            return name;
        }

        var (zeros, ones) = (new float[channels], new float[channels]);
        Array.Fill(ones, 1);
        var joined = new NodeProto
        {
            OpType = "BatchNormalization",
            Name = scaling.Name,
            Input =
            {
                centring.Input[0],
                Constant("factor", TensorData.Floats(links.Initializer(scaling.Input[1])!)),
                Constant("offset", zeros),
                Constant("mean", TensorData.Floats(links.Initializer(centring.Input[1])!)),
                Constant("variance", ones),
            },
            Output = { scaling.Output[0] },
            Attribute = { NodeAttributes.Of("epsilon", 0f) },
        };
        graph.Replace(scaling, joined);
        graph.Remove(centring);
        graph.RemoveUnreadInitializers();
    }

    /// <summary>
    /// How many channels the constant of shape [1, channels, 1, 1] has that is a node's second input; null if it is none.
    /// </summary>
    private static long? ChannelsOf(NodeProto node, GraphLinks links) =>
        node.Domain.Length == 0 && node.Input.Count == 2 && !links.IsInitializer(node.Input[0])
        && links.Initializer(node.Input[1]) is { Dims: [1, var channels, 1, 1] }
            ? channels
            : null;
}
