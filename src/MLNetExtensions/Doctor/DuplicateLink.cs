namespace MLVision.MLNetExtensions.Doctor;

/// <summary>An image that is the same as another one, or nearly.</summary>
/// <param name="Image">Index of the image.</param>
/// <param name="Other">Index of the other.</param>
/// <param name="Similarity">0 to 1.</param>
/// <param name="IsExact">Whether files or pixels are equal.</param>
internal sealed record DuplicateLink(int Image, int Other, double Similarity, bool IsExact);
