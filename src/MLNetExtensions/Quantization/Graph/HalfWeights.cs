using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Stores weights in half precision: half the file size, the same float32 arithmetic.</summary>
internal static class HalfWeights
{
    // Half precision has a relative rounding error of 2⁻¹¹. Weights that lose more, because they are too large or too small for it, stay
    // float32.
    private const double LargestError = 1.0 / 1024;

    /// <summary>
    /// The model with the weights of its convolutions and fully connected layers in fp16, each followed by a Cast to float, which runtimes
    /// compute once when they load the model. Biases and batch normalisation stay in float32: they are small, and variances can exceed
    /// fp16. The given model is not changed.
    /// </summary>
    /// <exception cref="ModelFileException">There is no weight that fp16 can hold.</exception>
    public static ModelProto Convert(ModelProto float32)
    {
        ArgumentNullException.ThrowIfNull(float32);
        var model = float32.Clone();
        var graph = model.Graph;
        var links = new GraphLinks(graph);
        var kernels = links.Nodes.Where(node => QuantizableNodes.IsLayer(node, links)).Select(node => node.Input[1]).ToHashSet();
        var casts = new List<NodeProto>();
        for (var i = 0; i < graph.Initializer.Count; i++)
        {
            var weight = graph.Initializer[i];
            if (kernels.Contains(weight.Name) && Round(TensorData.Floats(weight)) is { } halves)
            {
                var stored = TensorData.Create<Half>($"{weight.Name}_fp16", [.. weight.Dims], halves);
                casts.Add(CastToFloat(stored.Name, weight.Name));
                graph.Initializer[i] = stored;
            }
        }

        if (casts.Count == 0)
        {
            throw new ModelFileException(
                "The model has no float32 weights that half precision can hold; "
                + "give the model as it was before it was quantised.");
        }

        var nodes = graph.Node.ToArray();
        graph.Node.Clear();
        graph.Node.Add(casts);
        graph.Node.Add(nodes);
        return model;
    }

    private static NodeProto CastToFloat(string input, string output) => new()
    {
        OpType = "Cast",
        Name = $"{output}_cast",
        Input = { input },
        Output = { output },
        Attribute = { NodeAttributes.Of("to", (long)TensorProto.Types.DataType.Float) },
    };

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
