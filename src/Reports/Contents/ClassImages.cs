namespace MLVision.Reports.Contents;

/// <summary>How many images of a class there are.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of its images, those held out among them.</param>
/// <param name="HeldOut">How many of these are held out of training to check the model.</param>
public sealed record ClassImages(string Label, int Images, int HeldOut = 0);
