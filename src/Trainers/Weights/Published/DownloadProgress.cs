namespace MLVision.Trainers.Weights.Published;

/// <summary>Progress of a download.</summary>
/// <param name="FileName">The file being fetched.</param>
/// <param name="Bytes">Bytes on disk, including those of earlier attempts.</param>
/// <param name="TotalBytes">Size of the whole file; null if the server does not say.</param>
public sealed record DownloadProgress(string FileName, long Bytes, long? TotalBytes);
