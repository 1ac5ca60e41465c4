using System.Text.Json.Serialization;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Cli.Output;

/// <summary>What <c>predict --json</c> says of an image.</summary>
internal sealed record PredictedLine
{
    /// <summary>Path of the image.</summary>
    public required string Image { get; init; }

    /// <summary>The most probable class; null where the image is refused.</summary>
    public required string? Label { get; init; }

    /// <summary>Probability of the most probable class.</summary>
    public required float Probability { get; init; }

    /// <summary>The share of known images that are as strange; left out where the model does not give it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Familiarity { get; init; }

    /// <summary>Why the image has no label; left out where it has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refusal { get; init; }

    /// <summary>Probability of each class in the model's order, or of the most probable ones, these first.</summary>
    public required IReadOnlyDictionary<string, float> Scores { get; init; }

    /// <summary>Describes a prediction.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="top">How many of the most probable classes are shown; all where null.</param>
    public static PredictedLine Of(ImagePrediction prediction, IReadOnlyList<string> labels, int? top = null) => new()
    {
        Image = prediction.Image!,
        Label = prediction.Label,
        Probability = prediction.Probability,
        Familiarity = prediction.Familiarity,
        Refusal = prediction.Refusal,
        Scores = new OrderedDictionary<string, float>(Shown(labels.Zip(prediction.Scores), top)),
    };

    private static IEnumerable<KeyValuePair<string, float>> Shown(IEnumerable<(string Label, float Score)> scores, int? top) =>
        (top is { } most ? scores.OrderByDescending(score => score.Score).Take(most) : scores)
            .Select(score => KeyValuePair.Create(score.Label, score.Score));
}
