using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Replaces the nodes Sub and Mul that normalise pixels, (x − mean) · scale, with one BatchNormalization node.</summary>
/// <remarks>
/// For integer convolutions ONNX Runtime stores images channels-last, and moves Sub and Mul there, too. Broadcasting a constant of three
/// channels is slow there: 1.3 of 11 ms in EfficientNet-B0. A BatchNormalization is not moved.
/// </remarks>
internal static class PixelNormalization
{
    /// <summary>Changes the graph in place. The result keeps its name and differs only by float rounding.</summary>
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
    /// The number of channels if a node's second input is a constant of shape [1, channels, 1, 1]; otherwise null.
    /// </summary>
    private static long? ChannelsOf(NodeProto node, GraphLinks links) =>
        node.Domain.Length == 0 && node.Input.Count == 2 && !links.IsInitializer(node.Input[0])
        && links.Initializer(node.Input[1]) is { Dims: [1, var channels, 1, 1] }
            ? channels
            : null;
}
