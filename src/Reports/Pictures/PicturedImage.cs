using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Pictures;

/// <summary>A scored image and what a page shows of it.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Picture">A small picture as a <c>data:</c> address; null if the file cannot be read any more.</param>
internal sealed record PicturedImage(ScoredImage Result, string? Picture)
{
    /// <summary>The images that the model got most wrong: the least probability for their class first.</summary>
    public static IReadOnlyList<PicturedImage> MostWrong(IEnumerable<ScoredImage> results, int most) =>
        Of(results.Where(result => !result.IsRight).OrderBy(result => result.LabelProbability)
            .ThenBy(result => result.ImagePath, StringComparer.Ordinal).Take(most));

    private static PicturedImage[] Of(IEnumerable<ScoredImage> results) =>
        [.. results.AsParallel().AsOrdered().Select(result => new PicturedImage(result, Thumbnail.Of(result.ImagePath)))];
}
