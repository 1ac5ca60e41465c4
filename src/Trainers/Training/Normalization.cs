using System.Globalization;

namespace Trainers.Training;

/// <summary>What is subtracted from each colour channel and what it is divided by, on the scale 0..1.</summary>
internal sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Mean and standard deviation of ImageNet's training images, which all published weights expect.</summary>
    public static readonly Normalization ImageNet = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>What a mean must be, to follow "must be".</summary>
    public const string MeanRule =
        "three numbers from 0 to 1, for red, green and blue where white is 1: divide those of a scale to 255 by 255";

    /// <summary>What a standard deviation must be, to follow "must be".</summary>
    public const string DeviationRule =
        "three numbers above 0, up to 1, for red, green and blue where white is 1: divide those of a scale to 255 by 255";

    private const int Channels = 3;

    /// <summary>Whether values can be a mean.</summary>
    public static bool IsMean(IReadOnlyList<float> values) => values.Count == Channels && values.All(value => value is >= 0 and <= 1);

    /// <summary>Whether values can be a standard deviation.</summary>
    public static bool IsDeviation(IReadOnlyList<float> values) =>
        values.Count == Channels && values.All(value => float.IsNormal(value) && value is > 0 and <= 1);

    /// <summary>Whether both come to the same.</summary>
    public bool IsSame(Normalization other) => Mean.SequenceEqual(other.Mean) && StandardDeviation.SequenceEqual(other.StandardDeviation);

    /// <summary>Values on one line.</summary>
    public static string InWords(IReadOnlyList<float> values) =>
        string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public override string ToString() => $"{InWords(Mean)} and {InWords(StandardDeviation)}";
}
