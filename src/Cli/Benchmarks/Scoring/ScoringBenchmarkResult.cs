namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>The result of a scoring benchmark.</summary>
/// <param name="Architecture">The model's architecture.</param>
/// <param name="ImageSize">Width and height in pixels that the model takes.</param>
/// <param name="Device">What the model ran on.</param>
/// <param name="Pixels">How images were read; by the stock chain always exactly.</param>
/// <param name="Threads">Threads that decoded and scored.</param>
/// <param name="Images">Images that each path scored in a round.</param>
/// <param name="Unreadable">Images that were left out, because they cannot be read.</param>
/// <param name="Turned">Number of images that are stored rotated; all ways but the stock chain turn them.</param>
/// <param name="Rounds">How often each path had its turn.</param>
/// <param name="IsPeakPerPath">Whether peak memory was measured for each way separately; otherwise it is the peak of the whole process so
/// far.</param>
/// <param name="Paths">The figures, in the order in which the paths took turns.</param>
/// <param name="Ratios">How they compare.</param>
internal sealed record ScoringBenchmarkResult(
    string Architecture, int ImageSize, string Device, string Pixels, int Threads, int Images, int Unreadable, int Turned, int Rounds,
    bool IsPeakPerPath,
    IReadOnlyList<ScoringPathResult> Paths, ScoringRatios Ratios);
