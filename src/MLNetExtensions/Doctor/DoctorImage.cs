namespace MLVision.MLNetExtensions.Doctor;

/// <summary>An image to examine.</summary>
/// <param name="ImagePath">Path of the file.</param>
/// <param name="Label">Name of its class.</param>
/// <param name="Part">The part of a data set that it lies in, such as <c>train</c> or <c>test</c>; null where it is not split.</param>
public sealed record DoctorImage(string ImagePath, string Label, string? Part = null);
