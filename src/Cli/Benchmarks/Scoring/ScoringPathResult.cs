using System.Text.Json.Serialization;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>The result of one way of scoring; medians over the rounds.</summary>
/// <param name="Path">Its name, for example <c>imageClassifier</c>.</param>
/// <param name="ImagesPerSecond">Images per second, after a first few that are not counted.</param>
/// <param name="BytesPerImage">Managed bytes allocated per image, on all threads, after those first few.</param>
/// <param name="PeakMemoryMegabytes">
/// Largest resident memory of the process, in 10⁶ bytes, while the way was opened and had its first turn, without what the ways opened
/// before it hold; including the runtime and what they left. If the system cannot reset the peak, it is the peak of the whole process so
/// far.
/// </param>
internal sealed record ScoringPathResult(
    string Path, double ImagesPerSecond, double BytesPerImage, [property: JsonPropertyName("peakMemoryMB")] double PeakMemoryMegabytes);
