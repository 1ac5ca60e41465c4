using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes QuantizeLinear and DequantizeLinear nodes and their constants into a graph.</summary>
/// <param name="graph">The graph to add to.</param>
internal sealed class QdqNodes(GraphProto graph)
{
    private readonly HashSet<string> _constants = [];

    /// <summary>Writes a constant if it is not there yet.</summary>
    public string Constant(TensorProto tensor)
    {
        if (_constants.Add(tensor.Name))
        {
            graph.Initializer.Add(tensor);
        }

        return tensor.Name;
    }

    /// <summary>Quantises a float tensor to uint8, with one scale for the whole tensor.</summary>
    public void Quantize(string tensor, string output, string scale, string zeroPoint) =>
        Add("QuantizeLinear", output, [tensor, scale, zeroPoint]);

    /// <summary>Converts a quantised tensor back to float, with one scale for the whole tensor.</summary>
    public void Dequantize(string tensor, string output, string scale, string zeroPoint) =>
        Add("DequantizeLinear", output, [tensor, scale, zeroPoint]);

    /// <summary>Converts a quantised tensor back to float, with a scale for each index of an axis.</summary>
    public void Dequantize(string tensor, string output, string scales, string? zeroPoints, long axis) =>
        Add(
            "DequantizeLinear",
            output,
            zeroPoints is null ? [tensor, scales] : [tensor, scales, zeroPoints],
            NodeAttributes.Of("axis", axis));

    private void Add(string operation, string output, string[] inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output, Input = { inputs }, Output = { output } };
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        graph.Node.Add(node);
    }
}
