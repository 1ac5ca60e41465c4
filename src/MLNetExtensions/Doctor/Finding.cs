namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Something that may be wrong with an image.</summary>
/// <param name="Kind">What.</param>
/// <param name="Image">The image.</param>
/// <param name="Score">How suspicious it is, 0 to 1; to be compared within a kind only.</param>
/// <param name="Suggestion">
/// For a wrong label the class that it seems to show; for duplicates, leaks and two labels the path of the other image; otherwise what was
/// measured, or why the file cannot be read, in words.
/// </param>
/// <param name="Other">The other image where there is one, otherwise null.</param>
public sealed record Finding(FindingKind Kind, DoctorImage Image, double Score, string Suggestion, DoctorImage? Other = null);
