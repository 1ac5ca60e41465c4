namespace MLVision.Trainers.Training.Rates;

/// <summary>A rate that rises from a 25th of its peak and then falls almost to zero, along cosines; momentum does the opposite.</summary>
/// <remarks>
/// Source: Smith and Topin 2018, arXiv:1708.07120; every step has the values of PyTorch's OneCycleLR (cosine annealing, div_factor 25,
/// final_div_factor 10⁴). A momentum of 0.9 goes from 0.95 to 0.85 and back, as in PyTorch. Another momentum moves half as far as to its
/// nearer limit, 0 or 1.
/// </remarks>
/// <param name="peak">The largest rate.</param>
/// <param name="momentum">The middle of the momentum.</param>
/// <param name="risingSteps">Number of steps, possibly a fraction, in which the rate rises.</param>
/// <param name="steps">All steps.</param>
internal sealed class OneCycleSchedule(double peak, double momentum, double risingSteps, int steps) : LearningRateSchedule
{
    private const double PeakToFirst = 25;
    private const double FirstToLast = 1e4;

    private readonly double _swing = Math.Min(momentum, 1 - momentum) / 2;

    public override StepRates At(int step)
    {
        var (first, last) = (peak / PeakToFirst, peak / PeakToFirst / FirstToLast);
        var (low, high) = (momentum - _swing, momentum + _swing);
        var turn = Math.Min(risingSteps, steps) - 1;
        if (step <= turn)
        {
            var risen = turn > 0 ? step / turn : 1;
            return new StepRates(Between(first, peak, risen), Between(high, low, risen));
        }

        var fallen = (step - Math.Max(turn, 0)) / Math.Max(1, steps - 1 - Math.Max(turn, 0));
        return new StepRates(Between(peak, last, fallen), Between(low, high, fallen));
    }

    /// <summary>A point on half a cosine: <paramref name="from"/> at progress 0, <paramref name="to"/> at 1.</summary>
    private static double Between(double from, double to, double progress) =>
        to + ((from - to) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
}
