using MLVision.MLNetExtensions.Devices;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>A layer's weights as int8, symmetric, with a scale per output channel, and its bias as int32.</summary>
/// <remarks>
/// w ≈ <see cref="Weights"/> · scale of the channel, with scale = max |w| / 127, so −128 never occurs. The bias is in units of input scale
/// · weight scale, the units of an int8 convolution's sums. Source: Krishnamoorthi 2018, arXiv:1806.08342, §2 and §3. The full int8 range
/// needs a processor that multiplies uint8 by int8 without saturation: x86 with VNNI, or ARM. On older x86 processors ONNX Runtime sums
/// pairs of products in 16 bits, which can saturate; the option <see cref="SessionOpener.ExactInt8"/> avoids that.
/// </remarks>
internal sealed record WeightQuantization(sbyte[] Weights, float[] Scales, int[] Bias)
{
    private const double SmallestScale = 1e-12;

    // Half of an int32's range is for the bias; the other half is left for the sums it is added to.
    private const double LargestBias = 1 << 30;

    /// <summary>Quantises a layer.</summary>
    /// <param name="weights">[channels, …], the output channel first.</param>
    /// <param name="bias">[channels], or empty.</param>
    /// <param name="inputScale">Scale of the activations that the layer reads.</param>
    /// <param name="channels">Number of output channels.</param>
    public static WeightQuantization Of(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float inputScale, int channels)
    {
        var length = weights.Length / channels;
        var quantized = new WeightQuantization(new sbyte[weights.Length], new float[channels], new int[bias.Length]);
        for (var c = 0; c < channels; c++)
        {
            var offset = bias.IsEmpty ? 0 : bias[c];
            var scale = ScaleOf(weights.Slice(c * length, length), offset, inputScale);
            quantized.Scales[c] = scale;
            for (var i = c * length; i < (c + 1) * length; i++)
            {
                quantized.Weights[i] = (sbyte)Math.Round(weights[i] / scale);
            }

            if (!bias.IsEmpty)
            {
                quantized.Bias[c] = (int)Math.Round((double)offset / BiasScale(inputScale, scale));
            }
        }

        return quantized;
    }

    /// <summary>The bias's scale of each channel.</summary>
    public float[] BiasScales(float inputScale) => [.. Scales.Select(scale => BiasScale(inputScale, scale))];

    private static float BiasScale(float inputScale, float weightScale) => inputScale * weightScale;

    /// <summary>If a channel's weights are almost zero, its scale comes from its bias, which would overflow otherwise.</summary>
    private static float ScaleOf(ReadOnlySpan<float> channel, float bias, float inputScale)
    {
        var largest = 0f;
        foreach (var weight in channel)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        var ofWeights = Math.Max(largest / (double)sbyte.MaxValue, SmallestScale);
        return (float)Math.Max(ofWeights, Math.Abs(bias) / (inputScale * LargestBias));
    }
}
