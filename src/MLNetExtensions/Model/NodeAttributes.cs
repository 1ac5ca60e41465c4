namespace MLVision.MLNetExtensions.Model;

/// <summary>Reads attributes of ONNX nodes, with the defaults for missing ones.</summary>
internal static class NodeAttributes
{
    public static long Integer(this NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    public static float Number(this NodeProto node, string name, float otherwise) => Find(node, name)?.F ?? otherwise;

    public static string Text(this NodeProto node, string name, string otherwise) =>
        Find(node, name)?.S.ToStringUtf8() ?? otherwise;

    public static AttributeProto Of(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Of(string name, float value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    public static AttributeProto Of(string name, TensorProto value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Tensor, T = value };

    private static AttributeProto? Find(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
