using System.Text.Json.Serialization;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.AspNetCore;

/// <summary>What is said of an image: <c>{"label": "rose", "probability": 0.9, "scores": {"rose": 0.9, "tulip": 0.1}}</c>.</summary>
public sealed record ImageClassifierAnswer
{
    /// <summary>The most probable class; null where the image is too unlike what the model knows, as <see cref="Refusal"/> says.</summary>
    [JsonPropertyName("label")]
    public required string? Label { get; init; }

    /// <summary>Probability of the most probable class, 0..1.</summary>
    [JsonPropertyName("probability")]
    public required float Probability { get; init; }

    /// <summary>
    /// The share of known images that are as strange as this one or stranger, 0..1; left out where the model does not give it.
    /// </summary>
    [JsonPropertyName("familiarity")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Familiarity { get; init; }

    /// <summary>Why the image has no label; left out where it has one.</summary>
    [JsonPropertyName("refusal")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refusal { get; init; }

    /// <summary>The probability of each class, in the order of the model's classes.</summary>
    [JsonPropertyName("scores")]
    public required IReadOnlyDictionary<string, float> Scores { get; init; }

    /// <summary>The answer for a prediction.</summary>
    internal static ImageClassifierAnswer Of(ImagePrediction prediction) => new()
    {
        Label = prediction.Label,
        Probability = prediction.Probability,
        Familiarity = prediction.Familiarity,
        Refusal = prediction.Refusal,
        Scores = prediction.ScoresByLabel,
    };
}
