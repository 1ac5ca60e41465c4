using MLVision.Trainers.Training.Results;

namespace MLVision.Cli.Output;

/// <summary>The losses that a plot of a search for a learning rate shows.</summary>
internal static class LossRange
{
    /// <summary>The smallest smoothed loss.</summary>
    public static double Lowest(LearningRateSweep sweep) => sweep.Steps.Min(step => step.SmoothedLoss);

    /// <summary>
    /// As far above the first loss as the smallest lies below it: where it explodes, it would flatten the part that matters.
    /// </summary>
    public static double Highest(LearningRateSweep sweep)
    {
        var (first, lowest, highest) = (sweep.Steps[0].SmoothedLoss, Lowest(sweep), sweep.Steps.Max(step => step.SmoothedLoss));
        return lowest < first ? Math.Min(highest, first + (first - lowest)) : highest;
    }
}
