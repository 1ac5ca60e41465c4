using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Tells which nodes can be quantised, and in which way.</summary>
internal static class QuantizableNodes
{
    /// <summary>
    /// A node with constant weights: a convolution or a fully connected layer with the output channel first and, beside the weights, at
    /// most a bias.
    /// </summary>
    public static bool IsLayer(NodeProto node, GraphLinks links) =>
        (IsConvolution(node) || IsPlainGemm(node))
        && links.Initializer(node.Input[1]) is { Dims: [var channels, ..] }
        && !links.IsInitializer(node.Input[0])
        && (BiasOf(node) is not { } bias || (links.Initializer(bias) is { Dims: [var length] } && length == channels));

    public static bool IsConvolution(NodeProto node) => IsOnnx(node, "Conv");

    public static bool IsRelu(NodeProto node) => IsOnnx(node, "Relu");

    /// <summary>A node without weights that computes from activations only.</summary>
    public static bool IsWeightless(NodeProto node, GraphLinks links) =>
        KeepsScale(node, links)
        || (node.Domain.Length == 0
            && node.OpType is "Add" or "Mul" or "Concat" or "AveragePool" or "GlobalAveragePool" or "Sigmoid" or "Relu"
            && node.Input.All(input => !links.IsInitializer(input)));

    /// <summary>
    /// A node that passes on values of its first input, or zeros, so that its result has the input's scale and zero point.
    /// </summary>
    public static bool KeepsScale(NodeProto node, GraphLinks links) =>
        (IsOnnx(node, "MaxPool") && node.Output.Count == 1)
        || IsOnnx(node, "Flatten")
        || (IsOnnx(node, "Reshape") && links.IsInitializer(node.Input[1]))
        || PadsWithZeros(node, links);

    public static bool PadsWithZeros(NodeProto node, GraphLinks links) =>
        IsOnnx(node, "Pad") && node.Input.Count == 2 && links.IsInitializer(node.Input[1])
        && node.Text("mode", "constant") == "constant";

    /// <summary>The name of a layer's bias, or null.</summary>
    public static string? BiasOf(NodeProto layer) => layer.Input.Count > 2 && layer.Input[2].Length > 0 ? layer.Input[2] : null;

    private static bool IsPlainGemm(NodeProto node) =>
        IsOnnx(node, "Gemm") && node.Integer("transA", 0) == 0 && node.Integer("transB", 0) == 1
        && (node.Number("alpha", 1), node.Number("beta", 1)) == (1, 1);

    private static bool IsOnnx(NodeProto node, string operation) => node.OpType == operation && node.Domain.Length == 0;
}
