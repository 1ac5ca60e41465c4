using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes a layer's weights and bias as integers, with DequantizeLinear nodes that convert them back.</summary>
internal static class QuantizedLayer
{
    /// <summary>Writes the constants and connects the node to them.</summary>
    /// <param name="qdq">Writes nodes and constants.</param>
    /// <param name="node">The layer's node in the new graph; its second and third input are set.</param>
    /// <param name="kernel">Its float weights, output channel first.</param>
    /// <param name="bias">Its float bias, or null.</param>
    /// <param name="inputScale">Scale of the activations it reads.</param>
    public static void Write(QdqNodes qdq, NodeProto node, TensorProto kernel, TensorProto? bias, float inputScale)
    {
        var channels = kernel.Dims[0];
        var quantized = WeightQuantization.Of(
            TensorData.Floats(kernel), bias is null ? [] : TensorData.Floats(bias), inputScale, (int)channels);

        // Named after the node, because the scales of a shared weight depend on what each of its nodes reads.
        var name = node.Input[1] = $"{node.Name}.{kernel.Name}";
        qdq.Dequantize(
            qdq.Constant(TensorData.Create<sbyte>($"{name}_quantized", [.. kernel.Dims], quantized.Weights)),
            name,
            qdq.Constant(TensorData.Create<float>($"{name}_scale", [channels], quantized.Scales)),
            qdq.Constant(TensorData.Create<sbyte>($"{name}_zero_point", [channels], new sbyte[channels])),
            axis: 0);
        if (bias is not null)
        {
            name = node.Input[2] = $"{node.Name}.{bias.Name}";
            qdq.Dequantize(
                qdq.Constant(TensorData.Create<int>($"{name}_quantized", [channels], quantized.Bias)),
                name,
                qdq.Constant(TensorData.Create<float>($"{name}_scale", [channels], quantized.BiasScales(inputScale))),
                zeroPoints: null,
                axis: 0);
        }
    }
}
