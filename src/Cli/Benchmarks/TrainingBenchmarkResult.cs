using System.Text.Json.Serialization;

namespace MLVision.Cli.Benchmarks;

/// <summary>The result of a training benchmark.</summary>
/// <param name="ImagesPerSecond">Images per second of the training loop.</param>
/// <param name="BareImagesPerSecond">Images per second of forward, backward and step alone.</param>
/// <param name="PeakMemoryMegabytes">Largest resident memory of the process in the training's first round, in 10⁶ bytes.</param>
internal sealed record TrainingBenchmarkResult(
    double ImagesPerSecond, double BareImagesPerSecond, [property: JsonPropertyName("peakMemoryMB")] double PeakMemoryMegabytes);
