namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>How the range that int8 can express is chosen from an activation's values on the calibration images.</summary>
/// <remarks>A wide range wastes steps on rare values; a narrow one clips them.</remarks>
public enum CalibrationMethod
{
    /// <summary>From the smallest value to the largest: nothing is clipped. One pass over the images; the other methods take two.</summary>
    MinMax,

    /// <summary>The range that holds a given percentage of the values.</summary>
    /// <remarks>
    /// Half of the rest is cut off at each end. If no value is negative, or none positive, all of it is cut off at the far end.
    /// </remarks>
    Percentile,

    /// <summary>
    /// The range that loses the least information: the smallest Kullback-Leibler divergence of the int8 values from the float values.
    /// </summary>
    /// <remarks>
    /// Source: Migacz 2017, "8-bit Inference with TensorRT", GTC 2017 S7310, and ONNX Runtime's <c>calibrate.py</c>. Differs from both:
    /// uint8 has 256 steps from the lowest value to the highest, not 128 on each side of zero; and values of exactly 0 are left out,
    /// because every range expresses 0 exactly.
    /// </remarks>
    Entropy,
}
