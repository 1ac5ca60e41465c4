namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Names of the ways of scoring that a <see cref="ScoringBenchmark"/> compares.</summary>
internal static class ScoringPathName
{
    /// <summary>Reading images only.</summary>
    public const string Decode = "decode";

    /// <summary>The session only, on pixels in memory.</summary>
    public const string Session = "session";

    /// <summary>ML.NET's own chain, each of its sessions on one thread.</summary>
    public const string Stock = "stockChain";

    /// <summary>ML.NET's own chain, its sessions with threads of their own, as they are by default.</summary>
    public const string StockDefault = "stockChainDefault";

    /// <summary>The same chain, scored in batches.</summary>
    public const string Batched = "batchedChain";

    /// <summary><c>ImageClassifier</c>.</summary>
    public const string Classifier = "imageClassifier";

    /// <summary><c>ImageClassifier</c> on a quantised model.</summary>
    public const string Int8 = "int8";

    /// <summary><c>ImageClassifier</c> on a model in half precision.</summary>
    public const string Fp16 = "fp16";
}
