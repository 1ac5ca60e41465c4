using System.Globalization;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Preprocessing;

/// <summary>The mean that is subtracted from each colour channel and the deviation it is divided by, on the scale 0..1.</summary>
internal sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Mean and standard deviation of ImageNet's training images, which all published weights expect.</summary>
    public static readonly Normalization ImageNet = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    private const int Channels = 3;
    private const string Scale = "for red, green and blue on the scale 0..1; divide values on the scale 0..255 by 255";

    /// <summary>Throws unless the given values can be a mean and a standard deviation; null means not given.</summary>
    /// <exception cref="OptionOutOfRangeException">A value is out of range, or there are not three.</exception>
    public static void Check(IReadOnlyList<float>? mean, IReadOnlyList<float>? standardDeviation)
    {
        Check(mean, nameof(Mean), value => value is >= 0 and <= 1, "three numbers from 0 to 1");
        Check(
            standardDeviation, nameof(StandardDeviation), value => float.IsNormal(value) && value is > 0 and <= 1,
            "three numbers above 0, up to 1");
    }

    /// <summary>Whether both have the same effect.</summary>
    public bool IsSame(Normalization other) => Mean.SequenceEqual(other.Mean) && StandardDeviation.SequenceEqual(other.StandardDeviation);

    /// <summary>The values on one line.</summary>
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
