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

    /// <summary>Whether the two classes are the same.</summary>
    public bool IsRight => PredictedLabel == Label;
}
