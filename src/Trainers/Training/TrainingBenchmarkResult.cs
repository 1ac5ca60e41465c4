using System.Text.Json.Serialization;

namespace MLVision.Trainers.Training;

/// <summary>What a benchmark of training came to.</summary>
/// <param name="ImagesPerSecond">Images per second of the training loop.</param>
/// <param name="BareImagesPerSecond">Images per second of forward, backward and step alone.</param>
/// <param name="PeakMemoryMegabytes">Largest resident memory of the process so far, in 10⁶ bytes.</param>
internal sealed record TrainingBenchmarkResult(
    double ImagesPerSecond, double BareImagesPerSecond, [property: JsonPropertyName("peakMemoryMB")] double PeakMemoryMegabytes);
