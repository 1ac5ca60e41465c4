using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>What a <see cref="ScoringBenchmark"/> measures, and how often.</summary>
internal sealed record ScoringBenchmarkOptions
{
    /// <summary>Where and how everything but the stock chain scores.</summary>
    public ImageScoringOptions Scoring { get; init; } = new();

    /// <summary>A quantised model to score beside the first, or null.</summary>
    public string? Int8Model { get; init; }

    /// <summary>A model in half precision to score beside the first, or null.</summary>
    public string? Fp16Model { get; init; }

    /// <summary>Images that each path scores in a round, at most; taken evenly from those there are. At least 1.</summary>
    public int Images { get; init; } = 200;

    /// <summary>How often each path has its turn; at least 1. Figures are medians over the rounds.</summary>
    public int Rounds { get; init; } = 3;

    /// <exception cref="OptionOutOfRangeException">A number is too small.</exception>
    public void Validate()
    {
        OptionOutOfRangeException.ThrowUnless(Images >= 1, nameof(Images), Images, "at least 1");
        OptionOutOfRangeException.ThrowUnless(Rounds >= 1, nameof(Rounds), Rounds, "at least 1");
    }
}
