using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Writes nodes that quantise activation tensors and convert them back; knows their scales.</summary>
/// <param name="qdq">Writes nodes and constants.</param>
/// <param name="region">What is quantised.</param>
/// <param name="ranges">The range of every <see cref="QuantizedRegion.ScaleSource"/> of a quantised tensor.</param>
internal sealed class QuantizedActivations(
    QdqNodes qdq, QuantizedRegion region, IReadOnlyDictionary<string, ActivationRange> ranges)
{
    /// <summary>The name of a tensor's uint8 form.</summary>
    public static string Bytes(string tensor) => $"{tensor}_quantized";

    /// <summary>The name of a tensor's float form after rounding.</summary>
    public static string Rounded(string tensor) => $"{tensor}_dequantized";

    public ActivationQuantization QuantizationOf(string tensor)
    {
        var source = region.ScaleSource(tensor);
        return ranges.TryGetValue(source, out var range)
            ? ActivationQuantization.Of(region.IsNonNegative(source) ? NonNegative(range) : range)
            : throw new ArgumentException($"The range of the activation '{source}' is missing.", nameof(tensor));
    }

    /// <summary>Writes a tensor's scale and zero point, which all tensors of the same source share.</summary>
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

    /// <summary>The input of a float layer: the same numbers, but written as if each channel had its own scale.</summary>
    /// <remarks>
    /// Otherwise ONNX Runtime (its WeightBiasQuantization) assumes that the weights of a float layer between two rounded tensors were
    /// forgotten, and rounds them with one scale for the whole tensor.
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
