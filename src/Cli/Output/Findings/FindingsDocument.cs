using MLVision.MLNetExtensions.Doctor;

namespace MLVision.Cli.Output.Findings;

/// <summary>Findings as JSON: all of them.</summary>
internal static class FindingsDocument
{
    /// <summary>What is printed.</summary>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="elapsed">How long it took.</param>
    public static object Of(Diagnosis diagnosis, TimeSpan elapsed) => new
    {
        Images = diagnosis.Images.Count,
        Seconds = Math.Round(elapsed.TotalSeconds, 1),
        Counts = diagnosis.Findings.CountBy(finding => finding.Kind).ToDictionary(pair => FindingNames.Of(pair.Key), pair => pair.Value),
        diagnosis.Notes,
        Findings = diagnosis.Findings.Select(finding => new
        {
            Image = finding.Image.ImagePath,
            finding.Image.Label,
            Finding = FindingNames.Of(finding.Kind),
            Score = Math.Round(finding.Score, 6),
            finding.Suggestion,
        }),
    };
}
