namespace MLVision.Trainers.Weights.Published;

/// <summary>A NuGet package that brings a file of weights into an application's folder.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">The version whose file was checked; others may bring the same file.</param>
/// <param name="Path">The file in the application's folder, parted by slashes.</param>
/// <param name="Length">The file's length in bytes.</param>
public sealed record WeightsPackage(string Id, string Version, string Path, long Length);
