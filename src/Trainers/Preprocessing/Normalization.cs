using System.Globalization;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Preprocessing;

/// <summary>What is subtracted from each colour channel and what it is divided by, on the scale 0..1.</summary>
internal sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Mean and standard deviation of ImageNet's training images, which all published weights expect.</summary>
    public static readonly Normalization ImageNet = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    private const int Channels = 3;
    private const string Scale = "for red, green and blue where white is 1: divide those of a scale to 255 by 255";

    /// <summary>Throws unless values that options give can be a mean and a standard deviation; null is for none given.</summary>
    /// <exception cref="OptionOutOfRangeException">A value is out of its range, or they are not three.</exception>
    public static void Check(IReadOnlyList<float>? mean, IReadOnlyList<float>? standardDeviation)
    {
        Check(mean, nameof(Mean), value => value is >= 0 and <= 1, "three numbers from 0 to 1");
        Check(
            standardDeviation, nameof(StandardDeviation), value => float.IsNormal(value) && value is > 0 and <= 1,
            "three numbers above 0, up to 1");
    }

    /// <summary>Whether both come to the same.</summary>
    public bool IsSame(Normalization other) => Mean.SequenceEqual(other.Mean) && StandardDeviation.SequenceEqual(other.StandardDeviation);

    /// <summary>Values on one line.</summary>
    public static string InWords(IReadOnlyList<float> values) =>
        string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static void Check(IReadOnlyList<float>? values, string name, Func<float, bool> isInRange, string rule)
    {
        if (values is not null && (values.Count != Channels || !values.All(isInRange)))
        {
            throw new OptionOutOfRangeException(name, InWords(values), $"{name} must be {rule}, {Scale}.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{InWords(Mean)} and {InWords(StandardDeviation)}";
}
