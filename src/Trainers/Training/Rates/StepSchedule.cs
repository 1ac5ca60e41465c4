namespace MLVision.Trainers.Training.Rates;

/// <summary>A rate that rises linearly, stays, and falls to a tenth at given points.</summary>
/// <remarks>Source: He et al. 2016, §4.2, arXiv:1512.03385: after 32,000 and 48,000 of 64,000 steps.</remarks>
/// <param name="peak">The largest rate.</param>
/// <param name="momentum">The momentum, which does not change.</param>
/// <param name="warmupSteps">Steps until the largest rate is reached.</param>
/// <param name="steps">All steps.</param>
internal sealed class StepSchedule(double peak, double momentum, int warmupSteps, int steps) : LearningRateSchedule
{
    private const double Drop = 0.1;

    private static readonly double[] Drops = [0.5, 0.75];   // shares of all steps

    public override StepRates At(int step)
    {
        if (step < warmupSteps)
        {
            return new StepRates(peak * (step + 1) / warmupSteps, momentum);
        }

        var drops = Drops.Count(share => step >= (int)(share * steps));
        return new StepRates(peak * Math.Pow(Drop, drops), momentum);
    }
}
