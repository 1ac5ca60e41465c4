namespace MLVision.MLNetExtensions.Images;

/// <summary>An image that could not be read and was left out.</summary>
/// <param name="Image">Its path if the data has a column <c>ImagePath</c>, otherwise its row number, counted from 0.</param>
/// <param name="Reason">Why it could not be read.</param>
public sealed record SkippedImage(string Image, string Reason);
