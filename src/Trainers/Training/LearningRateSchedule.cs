namespace Trainers.Training;

/// <summary>Learning rate by step: rises in a straight line, then falls along half a cosine to zero.</summary>
/// <remarks>Source: Loshchilov and Hutter 2017, equation 5, without restarts, arXiv:1608.03983; warm-up: Goyal et al. 2017, §2.2.</remarks>
/// <param name="peak">The largest rate.</param>
/// <param name="warmupSteps">Steps until the largest rate is reached.</param>
/// <param name="steps">All steps.</param>
internal sealed class LearningRateSchedule(double peak, int warmupSteps, int steps)
{
    /// <summary>The rate for a step, counted from 0.</summary>
    public double At(int step)
    {
        if (step < warmupSteps)
        {
            return peak * (step + 1) / warmupSteps;
        }

        var progress = (double)(step - warmupSteps) / Math.Max(1, steps - warmupSteps);
        return peak * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
