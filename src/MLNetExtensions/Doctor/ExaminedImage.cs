namespace MLVision.MLNetExtensions.Doctor;

/// <summary>What became of an image, whether there is a finding or not.</summary>
/// <param name="Image">The image.</param>
/// <param name="Error">Why it could not be read; null where it could.</param>
/// <param name="Width">Width in pixels as it is stored; 0 where the file does not tell.</param>
/// <param name="Height">Height in pixels as it is stored; 0 where the file does not tell.</param>
/// <param name="WrongLabelScore">
/// How suspicious its label is: the probability of the most probable other class, divided by the sum of that and the label's own; 0.5 where
/// both are as probable. Null where labels could not be checked.
/// </param>
/// <param name="LikelyLabel">The most probable other class; null where labels could not be checked.</param>
public sealed record ExaminedImage(
    DoctorImage Image, string? Error, int Width, int Height, double? WrongLabelScore, string? LikelyLabel);
