using System.Globalization;

namespace MLVision.MLNetExtensions.Options;

/// <summary>The range of a number among options. It stands on the property; the check and the words of a refusal come from it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NumberAttribute : Attribute
{
    /// <summary>Smallest value.</summary>
    public double AtLeast { get; init; } = double.NegativeInfinity;

    /// <summary>What every value is larger than.</summary>
    public double Above { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value.</summary>
    public double UpTo { get; init; } = double.PositiveInfinity;

    /// <summary>What every value is smaller than.</summary>
    public double Below { get; init; } = double.PositiveInfinity;

    /// <summary>What is counted, such as <c>pixels</c>; empty where the option's name says it.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The range in words, as they follow "must be".</summary>
    public string Words => (IsGiven(AtLeast), IsGiven(Above), IsGiven(UpTo), IsGiven(Below)) switch
    {
        (true, _, true, _) => Say($"from {AtLeast} to {UpTo}"),
        (true, _, _, true) => Say($"from {AtLeast} to below {Below}"),
        (true, _, _, _) => AtLeast == 0 ? "0 or more" : Say($"at least {AtLeast}"),
        (_, true, true, _) => Say($"above {Above} and up to {UpTo}"),
        (_, true, _, true) => Say($"above {Above} and below {Below}"),
        (_, true, _, _) => Say($"above {Above}"),
        (_, _, true, _) => Say($"{UpTo} or less"),
        (_, _, _, true) => Say($"below {Below}"),
        _ => "a number",
    };

    /// <summary>Whether a value is in the range; infinity and what is not a number never are.</summary>
    public bool Contains(double value) =>
        double.IsFinite(value) && value >= AtLeast && value > Above && value <= UpTo && value < Below;

    private static bool IsGiven(double bound) => double.IsFinite(bound);

    private string Say(FormattableString words) => words.ToString(CultureInfo.InvariantCulture) + (Unit.Length > 0 ? $" {Unit}" : "");
}
