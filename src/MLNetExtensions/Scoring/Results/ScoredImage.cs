namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>What became of one labelled image.</summary>
public sealed record ScoredImage
{
    /// <summary>Path of the image file.</summary>
    public required string ImagePath { get; init; }

    /// <summary>The class that it belongs to, spelt as in <see cref="ImageClassificationMetrics.Labels"/>.</summary>
    public required string Label { get; init; }

    /// <summary>The class that the model gives it.</summary>
    public required string PredictedLabel { get; init; }

    /// <summary>Probability of <see cref="PredictedLabel"/>, 0..1.</summary>
    public required float Probability { get; init; }

    /// <summary>Probability of <see cref="Label"/>, 0..1; the smaller it is, the more the model is mistaken.</summary>
    public required float LabelProbability { get; init; }

    /// <summary>
    /// The share of known images that are as strange as this one or stranger, 0..1; null where the model does not give it.
    /// </summary>
    public float? Familiarity { get; init; }

    /// <summary>Whether the two classes are the same.</summary>
    public bool IsRight => PredictedLabel == Label;

    /// <summary>Of the images that are classified wrongly, those with the least probability for their own class, the worst first.</summary>
    /// <param name="results">Scored images.</param>
    /// <param name="most">How many; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1.</exception>
    public static IReadOnlyList<ScoredImage> MostWrong(IEnumerable<ScoredImage> results, int most)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return [.. results.Where(result => !result.IsRight).OrderBy(result => result.LabelProbability)
            .ThenBy(result => result.ImagePath, StringComparer.Ordinal).Take(most)];
    }
}
