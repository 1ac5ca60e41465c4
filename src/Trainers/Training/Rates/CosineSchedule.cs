namespace MLVision.Trainers.Training.Rates;

/// <summary>A rate that rises in a straight line, then falls along half a cosine to zero.</summary>
/// <remarks>Source: Loshchilov and Hutter 2017, equation 5, without restarts, arXiv:1608.03983; warm-up: Goyal et al. 2017, §2.2.</remarks>
/// <param name="peak">The largest rate.</param>
/// <param name="momentum">The momentum, which does not change.</param>
/// <param name="warmupSteps">Steps until the largest rate is reached.</param>
/// <param name="steps">All steps.</param>
internal sealed class CosineSchedule(double peak, double momentum, int warmupSteps, int steps) : LearningRateSchedule
{
    public override StepRates At(int step)
    {
        if (step < warmupSteps)
        {
            return new StepRates(peak * (step + 1) / warmupSteps, momentum);
        }

        var progress = (double)(step - warmupSteps) / Math.Max(1, steps - warmupSteps);
        return new StepRates(peak * 0.5 * (1 + Math.Cos(Math.PI * progress)), momentum);
    }
}
