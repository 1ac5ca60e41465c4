using System.Text.Json.Serialization;

namespace MLVision.Cli.Benchmarks;

/// <summary>The result of a training benchmark.</summary>
/// <param name="ImagesPerSecond">Images per second of the training loop.</param>
/// <param name="BareImagesPerSecond">Images per second of forward, backward and step alone.</param>
/// <param name="PeakMemoryMegabytes">
/// Largest resident memory of the process until the last step, in 10⁶ bytes; the bare loop's network is in it, too.
/// </param>
internal sealed record TrainingBenchmarkResult(
    double ImagesPerSecond, double BareImagesPerSecond, [property: JsonPropertyName("peakMemoryMB")] double PeakMemoryMegabytes);
