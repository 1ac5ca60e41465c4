namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>How the range of an activation's values, seen on the calibration images, becomes the range that int8 can express.</summary>
/// <remarks>A wide range wastes steps on rare values, a narrow one clips them.</remarks>
public enum CalibrationMethod
{
    /// <summary>From the smallest value to the largest one: nothing is clipped. One pass over the images; the others take two.</summary>
    MinMax,

    /// <summary>The range that holds a given percentage of the values.</summary>
    /// <remarks>
    /// Half of the rest is cut off at either end; where no value is negative, or none positive, all of it at the far end.
    /// </remarks>
    Percentile,

    /// <summary>
    /// The range that loses the least information: the smallest Kullback-Leibler divergence of the int8 values from the float ones.
    /// </summary>
    /// <remarks>
    /// Source: Migacz 2017, "8-bit Inference with TensorRT", GTC 2017 S7310, and ONNX Runtime's <c>calibrate.py</c>. Differs from both:
    /// uint8 has 256 steps from the lowest value to the highest, not 128 on either side of zero, and values of exactly 0 are left out,
    /// since every range expresses 0 exactly.
    /// </remarks>
    Entropy,
}
