namespace MLVision.MLNetExtensions.Doctor;

/// <summary>How images are examined.</summary>
public sealed record DoctorOptions
{
    /// <summary>
    /// Features of the images; null for none. Without them wrong labels and outliers are not looked for, and of near duplicates only the
    /// nearest are found.
    /// </summary>
    public IImageFeatures? Features { get; init; }

    /// <summary>Hears how many images were read so far, from several threads; null for no one.</summary>
    public IProgress<int>? Progress { get; init; }
}
