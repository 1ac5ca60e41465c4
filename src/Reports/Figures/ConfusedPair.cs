using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Figures;

/// <summary>A class that is taken for another one.</summary>
/// <param name="Label">The class that the images belong to.</param>
/// <param name="Predicted">The class that they are given.</param>
/// <param name="Images">How many.</param>
/// <param name="Share">Their share of the class's images, 0..1.</param>
internal sealed record ConfusedPair(string Label, string Predicted, int Images, double Share)
{
    /// <summary>The most frequent confusions, the most images first, then the largest share.</summary>
    public static IReadOnlyList<ConfusedPair> Of(ImageClassificationMetrics metrics, int most) =>
        [.. metrics.ConfusionMatrix.Index()
            .SelectMany(row => row.Item.Index()
                .Where(cell => cell.Index != row.Index && cell.Item > 0)
                .Select(cell => new ConfusedPair(
                    metrics.Labels[row.Index], metrics.Labels[cell.Index], cell.Item,
                    (double)cell.Item / metrics.PerClass[row.Index].Images)))
            .OrderByDescending(pair => pair.Images).ThenByDescending(pair => pair.Share)
            .ThenBy(pair => pair.Label, StringComparer.Ordinal).ThenBy(pair => pair.Predicted, StringComparer.Ordinal)
            .Take(most)];
}
