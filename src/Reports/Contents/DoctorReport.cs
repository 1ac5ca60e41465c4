using MLVision.MLNetExtensions.Doctor;

namespace MLVision.Reports.Contents;

/// <summary>What a page about a data set says.</summary>
public sealed record DoctorReport
{
    /// <summary>What was found.</summary>
    public required Diagnosis Diagnosis { get; init; }

    /// <summary>Headline of the page.</summary>
    public string Title { get; init; } = "Data set";

    /// <summary>The folder that paths are shown relative to; empty to show them whole.</summary>
    public string Folder { get; init; } = "";

    /// <summary>When the images were examined; by default now.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>How long that took; null where it is not known.</summary>
    public TimeSpan? Elapsed { get; init; }
}
