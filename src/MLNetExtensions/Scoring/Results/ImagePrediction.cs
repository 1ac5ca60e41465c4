using System.Globalization;
using System.Text.Json.Serialization;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>A classifier's prediction for one image, or why there is none.</summary>
/// <remarks>
/// As JSON: <c>{"image": "rose.jpg", "label": "rose", "probability": 0.9, "scores": {"rose": 0.9, "tulip": 0.1}}</c>, with
/// <c>familiarity</c>, <c>refusal</c>, <c>error</c>, <c>embedding</c> and <c>heat</c> where there are such, whatever names the serializer's
/// settings make. It is read from that, too.
/// </remarks>
[JsonConverter(typeof(ImagePredictionConverter))]
public sealed class ImagePrediction
{
    /// <summary>The reason for an image whose scores are NaN or infinite; a sentence without its subject.</summary>
    internal const string NoNumbers = "the model's scores for it are NaN or infinite: its weights are damaged.";

    private readonly IReadOnlyList<string> _labels;
    private readonly int _best;

    /// <summary>A prediction; classifiers make them, and so may tests of apps.</summary>
    /// <param name="image">Name of the image, if it has one.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="scores">The probability of each.</param>
    /// <exception cref="ArgumentException">There is not one score per class, or no class, or a score is NaN or infinite.</exception>
    public ImagePrediction(string? image, IReadOnlyList<string> labels, IReadOnlyList<float> scores)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count != labels.Count || scores.Count == 0)
        {
            throw new ArgumentException(
                $"Expected one score per class, but there are {scores.Count} for {labels.Count} classes.", nameof(scores));
        }

        var values = scores as float[] ?? [.. scores];
        if (!Decision.AreNumbers(values))
        {
            throw new ArgumentException("Expected finite scores, but one is NaN or infinite.", nameof(scores));
        }

        (Image, Scores, _labels, _best) = (image, scores, labels, Decision.Best(values));
    }

    private ImagePrediction(string? image, string error)
    {
        (Image, Error, Scores, _labels, _best) = (image, error, [], [], -1);
    }

    /// <summary>The image: its path, or the name it was given; null where it has none.</summary>
    public string? Image { get; }

    /// <summary>Why the image could not be read, or not be scored, in words; null where it was scored.</summary>
    public string? Error { get; }

    /// <summary>
    /// The most probable class; null where there is a <see cref="Refusal"/>, and empty where there is an <see cref="Error"/>.
    /// </summary>
    public string? Label => _best < 0 ? "" : Refusal is null ? _labels[_best] : null;

    /// <summary>
    /// Why the image, though it was scored, has no label: it is too unlike what the model knows (<see
    /// cref="ImageScoringOptions.MinFamiliarity"/>). Null where it has one.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>Probability of the most probable class, 0..1.</summary>
    public float Probability => _best < 0 ? 0 : Scores[_best];

    /// <summary>
    /// The probabilities of all classes, in the order of <see cref="IImageClassifier.Labels"/>; empty where there is an
    /// <see cref="Error"/>.
    /// </summary>
    public IReadOnlyList<float> Scores { get; }

    /// <summary>The probability of each class by its name, in the order of <see cref="Scores"/>.</summary>
    public IReadOnlyDictionary<string, float> ScoresByLabel
    {
        get
        {
            var scores = new Dictionary<string, float>(_labels.Count);
            for (var i = 0; i < Scores.Count; i++)
            {
                scores[_labels[i]] = Scores[i];
            }

            return scores;
        }
    }

    /// <summary>What the model's last layer saw; null where the model does not give it, or it was not asked for.</summary>
    public IReadOnlyList<float>? Embedding { get; init; }

    /// <summary>Where the model sees the best class; null where the model does not give it, or it was not asked for.</summary>
    public HeatMap? Heat { get; init; }

    /// <summary>
    /// The share of known images that are as strange as this one or stranger, 0..1; null where the model does not give it, or it was not
    /// asked for.
    /// </summary>
    public float? Familiarity { get; init; }

    /// <summary>Whether the image was read, and the error is the model's.</summary>
    internal bool IsModelsFault { get; private init; }

    /// <summary>An image that could not be read.</summary>
    public static ImagePrediction Failed(string? image, string error)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(error);
        return new ImagePrediction(image, error);
    }

    /// <summary>An image whose scores are NaN or infinite.</summary>
    internal static ImagePrediction WithoutNumbers(string? image) => new(image, NoNumbers) { IsModelsFault = true };

    /// <summary>The most probable classes, the most probable first; equals stay in the order of the classes.</summary>
    /// <param name="count">How many; at least 1. There are never more than there are classes.</param>
    public IReadOnlyList<ClassProbability> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Scores.Index().OrderByDescending(score => score.Item).Take(count)
            .Select(score => new ClassProbability(_labels[score.Index], score.Item))];
    }

    /// <summary>The three most probable classes, or why there is no label: <c>rose.jpg: rose 0.93, tulip 0.05, daisy 0.01</c>.</summary>
    public override string ToString()
    {
        const int Classes = 3;
        var classes = string.Join(", ", Top(Classes).Select(best => string.Create(
            CultureInfo.InvariantCulture, $"{best.Label} {best.Probability:0.00}")));
        return (Image is null ? "" : $"{Image}: ") + (Error ?? (Refusal is null ? classes : $"{Refusal} ({classes})"));
    }
}
