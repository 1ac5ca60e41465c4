namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>Smallest and largest value of an activation tensor.</summary>
internal readonly record struct ActivationRange(float Minimum, float Maximum);
