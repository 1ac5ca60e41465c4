using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Options;

namespace MLVision.Trainers.Options;

/// <summary>Which learning rates a search tries.</summary>
public sealed record LearningRateSweepOptions
{
    /// <summary>
    /// Number of steps, one batch each, with rates that grow by a constant factor; at least 10. The search ends early if the loss explodes.
    /// </summary>
    [Number(AtLeast = 10)]
    public int Steps { get; init; } = 100;

    /// <summary>Rate of the first step; above 0.</summary>
    [Number(Above = 0)]
    public double FirstRate { get; init; } = 1e-7;

    /// <summary>Rate of the last step; above <see cref="FirstRate"/>.</summary>
    [Number(Above = 0)]
    public double LastRate { get; init; } = 10;

    /// <summary>Throws unless every value is in range.</summary>
    /// <exception cref="OptionOutOfRangeException">A number is out of range.</exception>
    internal void Validate()
    {
        OptionChecks.ThrowUnlessInRange(this);
        OptionChecks.Require(
            FirstRate < LastRate, nameof(FirstRate), FirstRate, $"above 0 and below {nameof(LastRate)}, which is {LastRate}");
    }
}
