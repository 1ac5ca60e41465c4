namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>How the ways of scoring compare, in images per second.</summary>
/// <param name="ClassifierToSlowerBare"><c>imageClassifier</c>, by the slower of <c>decode</c> and <c>session</c>.</param>
/// <param name="ClassifierToBareSum">
/// <c>imageClassifier</c>, relative to the best possible speed if both share the cores: each image is decoded and then scored, each at its
/// own speed.
/// </param>
/// <param name="ClassifierToStock"><c>imageClassifier</c>, by the faster stock chain.</param>
/// <param name="BatchedToStock"><c>batchedChain</c>, by the faster stock chain.</param>
/// <param name="Int8ToClassifier"><c>int8</c>, by <c>imageClassifier</c>; null without a quantised model.</param>
/// <param name="Fp16ToClassifier"><c>fp16</c>, by <c>imageClassifier</c>; null without a model in half precision.</param>
internal sealed record ScoringRatios(
    double ClassifierToSlowerBare, double ClassifierToBareSum, double ClassifierToStock, double BatchedToStock, double? Int8ToClassifier,
    double? Fp16ToClassifier)
{
    /// <summary>Compares.</summary>
    /// <param name="paths">The figures, those of other models last where there are any.</param>
    public static ScoringRatios Of(IReadOnlyList<ScoringPathResult> paths)
    {
        double? Find(string path) => paths.FirstOrDefault(result => result.Path == path)?.ImagesPerSecond;
        double Rate(string path) => Find(path) ?? 0;
        var (decode, session, classifier) = (Rate(ScoringPathName.Decode), Rate(ScoringPathName.Session), Rate(ScoringPathName.Classifier));
        var stock = Math.Max(Rate(ScoringPathName.Stock), Rate(ScoringPathName.StockDefault));
        return new ScoringRatios(
            classifier / Math.Min(decode, session), classifier / (1 / ((1 / decode) + (1 / session))), classifier / stock,
            Rate(ScoringPathName.Batched) / stock, Find(ScoringPathName.Int8) / classifier,
            Find(ScoringPathName.Fp16) / classifier);
    }
}
