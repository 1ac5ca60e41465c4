using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes activation tensors as uint8 and takes them back; knows their scales.</summary>
/// <param name="qdq">Where nodes and constants go.</param>
/// <param name="region">What is quantised.</param>
/// <param name="ranges">The range of every <see cref="QuantizedRegion.ScaleSource"/> of a quantised tensor.</param>
internal sealed class QuantizedActivations(
    QdqNodes qdq, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
{
    /// <summary>The name of a tensor's uint8 form.</summary>
    public static string Bytes(string tensor) => $"{tensor}_quantized";

    /// <summary>The name of a tensor's rounded form in float.</summary>
    public static string Rounded(string tensor) => $"{tensor}_dequantized";

    public ActivationQuantization QuantizationOf(string tensor)
    {
        var source = region.ScaleSource(tensor);
        return ranges.TryGetValue(source, out var range)
            ? ActivationQuantization.Of(region.IsNonNegative(source) ? NonNegative(range) : range)
            : throw new ArgumentException($"The range of the activation '{source}' is missing.", nameof(tensor));
    }

    /// <summary>Writes a tensor's scale and zero point, which tensors of the same source share.</summary>
    public (string Scale, string ZeroPoint) WriteScale(string tensor)
    {
        var source = region.ScaleSource(tensor);
        var (scale, zeroPoint) = QuantizationOf(tensor);
        return (
            qdq.Constant(TensorData.Create<float>($"{source}_scale", [], [scale])),
            qdq.Constant(TensorData.Create<byte>($"{source}_zero_point", [], [zeroPoint])));
    }

    public void Quantize(string tensor)
    {
        var (scale, zeroPoint) = WriteScale(tensor);
        qdq.Quantize(tensor, Bytes(tensor), scale, zeroPoint);
    }

    public void Dequantize(string tensor)
    {
        var (scale, zeroPoint) = WriteScale(tensor);
        qdq.Dequantize(Bytes(tensor), Rounded(tensor), scale, zeroPoint);
    }

    /// <summary>What a layer in float reads: the same numbers, but written as if each channel had a scale of its own.</summary>
    /// <remarks>
    /// Otherwise ONNX Runtime (its WeightBiasQuantization) takes a float layer between two rounded tensors for one whose weights
    /// were forgotten, and rounds them after all, with one scale for the whole tensor.
    /// </remarks>
    /// <returns>The name of the floats.</returns>
    public string DequantizeFor(string layer, string tensor, long channels)
    {
        var quantization = QuantizationOf(tensor);
        var (scales, zeroPoints) = (new float[channels], new byte[channels]);
        Array.Fill(scales, quantization.Scale);
        Array.Fill(zeroPoints, quantization.ZeroPoint);
        var name = $"{tensor}_for_{layer}";
        qdq.Dequantize(
            Bytes(tensor),
            name,
            qdq.Constant(TensorData.Create<float>($"{name}_scale", [channels], scales)),
            qdq.Constant(TensorData.Create<byte>($"{name}_zero_point", [channels], zeroPoints)),
            axis: 1);
        return name;
    }

    private static ActivationRange NonNegative(ActivationRange range) =>
        new(Math.Max(0, range.Minimum), Math.Max(0, range.Maximum));
}
