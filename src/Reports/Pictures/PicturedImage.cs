using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Pictures;

/// <summary>A scored image and what a page shows of it.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Picture">A small picture as a <c>data:</c> address; null if the file cannot be read any more.</param>
/// <param name="Heat">The same with its heat map; null if there is none.</param>
internal sealed record PicturedImage(ScoredImage Result, string? Picture, string? Heat)
{
    /// <summary>The images that the model got most wrong: the least probability for their class first.</summary>
    public static IReadOnlyList<PicturedImage> MostWrong(
        IEnumerable<ScoredImage> results, IEnumerable<ImageExplanation> explanations, int most)
    {
        var heat = explanations.Where(explanation => explanation.Prediction.Image is not null)
            .DistinctBy(explanation => explanation.Prediction.Image).ToDictionary(explanation => explanation.Prediction.Image!);
        return [.. ScoredImage.MostWrong(results, most).AsParallel().AsOrdered().Select(result => new PicturedImage(
            result, Thumbnail.Of(result.ImagePath), heat.TryGetValue(result.ImagePath, out var map) ? Thumbnail.Of(map) : null))];
    }

    /// <summary>The images that are least like those that the model knows; none where it does not tell.</summary>
    public static IReadOnlyList<PicturedImage> LeastFamiliar(IEnumerable<ScoredImage> results, int most) =>
        [.. results.Where(result => result.Familiarity is not null).OrderBy(result => result.Familiarity)
            .ThenBy(result => result.ImagePath, StringComparer.Ordinal).Take(most)
            .AsParallel().AsOrdered().Select(result => new PicturedImage(result, Thumbnail.Of(result.ImagePath), Heat: null))];
}
