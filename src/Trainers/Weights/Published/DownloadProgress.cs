namespace MLVision.Trainers.Weights.Published;

/// <summary>How far a download is.</summary>
/// <param name="FileName">The file that is fetched.</param>
/// <param name="Bytes">Bytes on disk, those of earlier attempts included.</param>
/// <param name="TotalBytes">Size of the whole file; null if the server does not say.</param>
public sealed record DownloadProgress(string FileName, long Bytes, long? TotalBytes);
