using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Rates;

/// <summary>Learning rate and momentum by step.</summary>
internal abstract class LearningRateSchedule
{
    /// <summary>Rate and momentum for a step, counted from 0 over all epochs.</summary>
    public abstract StepRates At(int step);

    /// <summary>Makes a schedule.</summary>
    /// <param name="kind">The kind of schedule.</param>
    /// <param name="highest">The highest rate.</param>
    /// <param name="momentum">The momentum, unless the schedule changes it.</param>
    /// <param name="warmupSteps">Steps until the highest rate is reached.</param>
    /// <param name="steps">All steps.</param>
    public static LearningRateSchedule Create(RateSchedule kind, double highest, double momentum, double warmupSteps, int steps) =>
        kind switch
        {
            RateSchedule.OneCycle => new OneCycleSchedule(highest, momentum, warmupSteps, steps),
            RateSchedule.Step => new StepSchedule(highest, momentum, Whole(warmupSteps), steps),
            _ => new CosineSchedule(highest, momentum, Whole(warmupSteps), steps),
        };

    /// <summary>The steps that are over: 20 steps are 20, even if as a share of epochs they were 19.999999999999996.</summary>
    private static int Whole(double steps) => (int)Math.Round(steps, 6);
}
