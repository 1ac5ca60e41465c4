using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Folds batch normalisation into the convolution before it.</summary>
/// <remarks>
/// With k = γ / √(σ² + ε), per output channel: w' = w · k and b' = β + (b − μ) · k, computed in double precision. A normalisation that
/// follows another kind of node, or a convolution with other readers, is left as it is. Source: Jacob et al. 2018, §3.2, arXiv:1712.05877.
/// </remarks>
internal static class BatchNormFolding
{
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>Changes the graph in place. The folded convolution's output gets the name of the normalisation's output.</summary>
    /// <exception cref="ModelFileException">A weight is not stored as floats.</exception>
    public static void Fold(GraphProto graph)
    {
        var links = new GraphLinks(graph);
        foreach (var norm in links.Nodes.Where(node => IsConstantNorm(node, links)).ToArray())
        {
            if (links.Producer(norm.Input[0]) is { } conv && QuantizableNodes.IsConvolution(conv)
                && QuantizableNodes.IsLayer(conv, links) && links.OnlyReader(norm.Input[0]) == norm)
            {
                Fold(graph, links, conv, norm);
            }
        }

        graph.RemoveUnreadInitializers();
    }

    private static bool IsConstantNorm(NodeProto node, GraphLinks links) =>
        node.OpType == "BatchNormalization" && node.Domain.Length == 0 && node.Output.Count == 1
        && node.Input.Skip(1).All(links.IsInitializer);

    private static void Fold(GraphProto graph, GraphLinks links, NodeProto conv, NodeProto norm)
    {
        float[] Constant(string name) => TensorData.Floats(links.Initializer(name)!).ToArray();
        var kernel = links.Initializer(conv.Input[1])!;
        var weights = Constant(kernel.Name);
        var (gamma, beta) = (Constant(norm.Input[1]), Constant(norm.Input[2]));
        var (mean, variance) = (Constant(norm.Input[3]), Constant(norm.Input[4]));
        var bias = QuantizableNodes.BiasOf(conv) is { } name ? Constant(name) : new float[gamma.Length];
        var epsilon = (double)norm.Number("epsilon", DefaultEpsilon);

        var foldedBias = new float[gamma.Length];
        var length = weights.Length / gamma.Length;
        for (var c = 0; c < gamma.Length; c++)
        {
            var factor = gamma[c] / Math.Sqrt(variance[c] + epsilon);
            foldedBias[c] = (float)(beta[c] + ((bias[c] - (double)mean[c]) * factor));
            foreach (ref var weight in weights.AsSpan(c * length, length))
            {
                weight = (float)(weight * factor);
            }
        }

        // Named after the node, because convolutions with different norms may share a kernel.
        Replace(graph, conv, 1, TensorData.Create<float>($"{conv.Output[0]}.{kernel.Name}", [.. kernel.Dims], weights));
        Replace(graph, conv, 2, TensorData.Create<float>($"{conv.Output[0]}.{norm.Input[2]}", [gamma.Length], foldedBias));
        conv.Output[0] = norm.Output[0];
        graph.Remove(norm);
    }

    private static void Replace(GraphProto graph, NodeProto conv, int input, TensorProto tensor)
    {
        graph.Initializer.Add(tensor);
        if (conv.Input.Count == input)
        {
            conv.Input.Add(tensor.Name);
        }
        else
        {
            conv.Input[input] = tensor.Name;
        }
    }
}
