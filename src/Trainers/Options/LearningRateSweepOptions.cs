using System.Globalization;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Options;

/// <summary>Which learning rates a search tries.</summary>
public sealed record LearningRateSweepOptions
{
    /// <summary>
    /// Steps, one batch each, with rates that grow by the same factor; at least 10. The search ends before when the loss explodes.
    /// </summary>
    public int Steps { get; init; } = 100;

    /// <summary>Rate of the first step; above 0.</summary>
    public double FirstRate { get; init; } = 1e-7;

    /// <summary>Rate of the last step; above <see cref="FirstRate"/>.</summary>
    public double LastRate { get; init; } = 10;

    /// <summary>Throws unless every value is in its range.</summary>
    /// <exception cref="OptionOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        const int FewestSteps = 10;
        OptionOutOfRangeException.ThrowUnless(Steps >= FewestSteps, nameof(Steps), Steps, $"at least {FewestSteps}");
        OptionOutOfRangeException.ThrowUnless(
            FirstRate > 0 && double.IsFinite(LastRate) && LastRate > FirstRate, nameof(FirstRate), FirstRate,
            string.Create(CultureInfo.InvariantCulture, $"above 0 and below {nameof(LastRate)}, which is {LastRate}"));
    }
}
