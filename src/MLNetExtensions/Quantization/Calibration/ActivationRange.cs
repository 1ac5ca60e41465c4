namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>Smallest and largest value of an activation tensor, in its own units.</summary>
internal readonly record struct ActivationRange(float Minimum, float Maximum);
