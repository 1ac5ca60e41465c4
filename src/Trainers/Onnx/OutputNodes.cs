using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Training.Trust;
using static TorchSharp.torch;

namespace MLVision.Trainers.Onnx;

/// <summary>Writes what a model gives beside its scores, behind all other nodes of its graph.</summary>
/// <remarks>
/// The nodes read what the network computes anyway and no weight of it is changed, so that the file remains one that training can go on
/// from. They compute in float, whatever the network computes in.
/// </remarks>
internal static class OutputNodes
{
    private static OnnxValue Best { get; } = new(ClassifierModel.PredictedIndex, [1]);

    /// <summary>Writes the nodes and the graph's outputs.</summary>
    /// <param name="graph">The graph, which decides already.</param>
    /// <param name="last">Its last layer.</param>
    /// <param name="outputs">Which are written.</param>
    /// <param name="familiarity">What images are compared with; needed for <see cref="ModelOutputs.Familiarity"/>.</param>
    /// <exception cref="NotSupportedException">The network does not end in global average pooling and a linear layer.</exception>
    public static void Write(OnnxGraph graph, LastLayer last, ModelOutputs outputs, FamiliarityReference? familiarity)
    {
        if (outputs.HasFlag(ModelOutputs.Embedding))
        {
            graph.Output(ModelOutputs.Embedding, graph.Node("Identity", last.Input.Shape, [last.Input]));
        }

        if (outputs.HasFlag(ModelOutputs.Heat))
        {
            var map = last.Map ?? throw new NotSupportedException("A class activation map needs global average pooling.");
            graph.Output(ModelOutputs.Heat, Heat(graph, map, last.Weight));
        }

        if (outputs.HasFlag(ModelOutputs.Familiarity))
        {
            graph.Output(ModelOutputs.Familiarity, Familiarity(graph, last.Input, familiarity!));
        }
    }

    /// <summary>Features [N, C, rows, columns] times the row of the best class in weights [classes, C]: [N, rows, columns].</summary>
    private static OnnxValue Heat(OnnxGraph graph, OnnxValue map, OnnxValue weight)
    {
        var (channels, rows, columns) = (map.Shape[0], map.Shape[1], map.Shape[2]);
        using var places = tensor(new[] { 0, channels, rows * columns });       // 0 keeps the number of images
        using var square = tensor(new[] { 0, rows, columns });
        var row = graph.Node("Gather", [1, channels], [weight, Best], OnnxGraph.Attribute("axis", 0));
        var flat = graph.Node("Reshape", [channels, rows * columns], [map, graph.Constant(places, "heat_places")]);
        var heat = graph.Node("MatMul", [1, rows * columns], [row, flat]);
        return graph.Node("Reshape", [rows, columns], [heat, graph.Constant(square, "heat_square")]);
    }

    /// <summary>What <see cref="FamiliarityFit"/> describes, of an embedding: [N, features] → [N, 1].</summary>
    private static OnnxValue Familiarity(OnnxGraph graph, OnnxValue embedding, FamiliarityReference known)
    {
        var (count, features) = ((long)known.Classes.Count, (long)known.Features);
        using var prototypes = tensor(known.Prototypes).view(count, features).t().contiguous();
        using var classes = tensor(known.Classes.Select(label => (long)label).ToArray()).view(1, count);
        using var other = tensor(FamiliarityReference.Other);
        using var nearest = tensor(new[] { (long)known.Nearest });
        using var knots = tensor(known.Knots).view(1, known.Knots.Length);
        using var share = tensor((float)(known.Knots.Length / (known.Knots.Length + 1.0)));
        using var least = tensor((float)(1 / (known.Knots.Length + 1.0)));
        using var smallest = tensor(1e-12f);

        var root = graph.Node("Mul", [features], [
            graph.Node("Sign", [features], [embedding]), graph.Node("Sqrt", [features], [graph.Node("Abs", [features], [embedding])])]);
        var length = graph.Node("ReduceL2", [1], [root], OnnxGraph.Attribute("axes", [1]), OnnxGraph.Attribute("keepdims", 1));
        length = graph.Node("Max", [1], [length, graph.Constant(smallest, "familiarity_least_length")]);
        var direction = graph.Node("Div", [features], [root, length]);
        var cosines = graph.Node("MatMul", [count], [direction, graph.Constant(prototypes, FamiliarityConstants.Prototypes)]);
        var isOwn = graph.Node("Equal", [count], [graph.Constant(classes, FamiliarityConstants.Classes), Best]);
        cosines = graph.Node("Where", [count], [isOwn, cosines, graph.Constant(other, "familiarity_other")]);
        var most = graph.Node("TopK", [known.Nearest], [cosines, graph.Constant(nearest, FamiliarityConstants.Nearest)],
            OnnxGraph.Attribute("axis", 1));
        graph.Proto.Node[^1].Output.Add($"{most.Name}_places");
        var similarity = Mean(graph, most);
        var isStranger = graph.Node(
            "LessOrEqual", [known.Knots.Length], [graph.Constant(knots, FamiliarityConstants.Knots), similarity]);
        var shareOfKnots = Mean(graph, graph.Node(
            "Cast", isStranger.Shape, [isStranger], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float)));
        var shareOfKnown = graph.Node("Mul", [1], [shareOfKnots, graph.Constant(share, "familiarity_share")]);
        return graph.Node("Add", [1], [shareOfKnown, graph.Constant(least, "familiarity_least")]);
    }

    private static OnnxValue Mean(OnnxGraph graph, OnnxValue values) =>
        graph.Node("ReduceMean", [1], [values], OnnxGraph.Attribute("axes", [1]), OnnxGraph.Attribute("keepdims", 1));
}
