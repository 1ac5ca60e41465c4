using MLVision.MLNetExtensions.Model;
using static TorchSharp.torch;

namespace MLVision.Trainers.Onnx;

/// <summary>Writes what a model gives beside its scores, behind all other nodes of its graph.</summary>
/// <remarks>
/// The nodes read what the network computes anyway and no weight of it is changed, so that the file remains one that training can go on
/// from. They compute in float, whatever the network computes in.
/// </remarks>
internal static class OutputNodes
{
    /// <summary>Writes the nodes and the graph's outputs.</summary>
    /// <param name="graph">The graph, which decides already.</param>
    /// <param name="last">Its last layer.</param>
    /// <param name="outputs">Which are written.</param>
    /// <exception cref="NotSupportedException">The network does not end in global average pooling and a linear layer.</exception>
    public static void Write(OnnxGraph graph, LastLayer last, ModelOutputs outputs)
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
    }

    /// <summary>Features [N, C, rows, columns] times the row of the best class in weights [classes, C]: [N, rows, columns].</summary>
    private static OnnxValue Heat(OnnxGraph graph, OnnxValue map, OnnxValue weight)
    {
        var (channels, rows, columns) = (map.Shape[0], map.Shape[1], map.Shape[2]);
        using var places = tensor(new[] { 0, channels, rows * columns });       // 0 keeps the number of images
        using var square = tensor(new[] { 0, rows, columns });
        var best = new OnnxValue(ClassifierModel.PredictedIndex, [1]);
        var row = graph.Node("Gather", [1, channels], [weight, best], OnnxGraph.Attribute("axis", 0));
        var flat = graph.Node("Reshape", [channels, rows * columns], [map, graph.Constant(places, "heat_places")]);
        var heat = graph.Node("MatMul", [1, rows * columns], [row, flat]);
        return graph.Node("Reshape", [rows, columns], [heat, graph.Constant(square, "heat_square")]);
    }
}
