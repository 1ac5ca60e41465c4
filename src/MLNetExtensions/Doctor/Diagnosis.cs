namespace MLVision.MLNetExtensions.Doctor;

/// <summary>What the doctor found.</summary>
/// <param name="Images">Every image, in the order in which they were given.</param>
/// <param name="Findings">By kind, the most suspicious first.</param>
/// <param name="Notes">What was not looked for, and why: a sentence each.</param>
public sealed record Diagnosis(IReadOnlyList<ExaminedImage> Images, IReadOnlyList<Finding> Findings, IReadOnlyList<string> Notes);
