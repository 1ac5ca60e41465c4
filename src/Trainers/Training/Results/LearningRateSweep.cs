namespace MLVision.Trainers.Training.Results;

/// <summary>The result of a search for a learning rate: the loss by rate, and the suggested rates.</summary>
/// <remarks>
/// Source: Smith 2017, §3.3, arXiv:1506.01186; the two suggestions are those of fastai's <c>lr_find</c>. Both are read from a curve of a
/// few dozen batches: look at the curve.
/// </remarks>
public sealed record LearningRateSweep
{
    private const int LeastSteps = 3;
    private const double ShareOfABegunFall = 0.1;
    private const int StepsLeftOutAtTheEnd = 5;
    private const int ShareLeftOutAtTheStart = 10;

    /// <summary>
    /// The phase that was trained. For <see cref="TrainingPhase.Head"/> the rates are for <c>HeadLearningRate</c>, otherwise for
    /// <c>LearningRate</c>.
    /// </summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The steps by rising rate; they end early if the loss exploded.</summary>
    public required IReadOnlyList<LearningRateStep> Steps { get; init; }

    /// <summary>The rate that a training with the same options has; null where it is not known.</summary>
    public double? RecipeRate { get; init; }

    /// <summary>
    /// The rate at which the smoothed loss falls most steeply over the logarithm of the rate, once it has begun to fall and before its
    /// smallest value; null if it falls by no more than its own noise. After that point, an exploded loss may fall as steeply, which means
    /// nothing.
    /// </summary>
    /// <remarks>
    /// The noise is the deviation of a batch's loss from the mean of its neighbours, by the median. A fall counts from three standard
    /// deviations of the mean of the losses before it: of a hundred steps, three tenths of a batch's deviation, three times. Where a loss
    /// has nothing but normal noise, seven of a thousand simulated searches of a hundred steps still suggest a rate. The fall has begun
    /// where it exceeds that, and a tenth of the whole.
    /// </remarks>
    public double? Suggestion
    {
        get
        {
            var considered = Considered();
            var down = considered.Take(considered.Count == 0 ? 0 : considered.IndexOf(considered.MinBy(step => step.SmoothedLoss)!) + 1)
                .ToList();
            var (fall, least) = down.Count == 0 ? (0.0, 0.0) : (down[0].SmoothedLoss - down[^1].SmoothedLoss, LeastFall(considered));
            if (fall <= least)
            {
                return null;
            }

            // Before that, the mean goes up and down by chance, and nowhere as steeply as where it holds few losses.
            var begun = down[0].SmoothedLoss - Math.Max(ShareOfABegunFall * fall, least);
            var falling = down.Skip(down.FindLastIndex(step => step.SmoothedLoss >= begun)).ToList();
            return falling.Zip(falling.Skip(1), (a, b) => (
                a.Rate, Slope: (b.SmoothedLoss - a.SmoothedLoss) / Math.Log(b.Rate / a.Rate))).MinBy(step => step.Slope).Rate;
        }
    }

    /// <summary>
    /// A tenth of the rate at which the smoothed loss is smallest, safely below the rates where it rises; null as the other is.
    /// </summary>
    public double? TenthOfMinimum =>
        Suggestion is null ? null : Considered().MinBy(step => step.SmoothedLoss)!.Rate / 10;

    /// <summary>The fall of the mean loss that chance alone hardly makes.</summary>
    private double LeastFall(List<LearningRateStep> considered)
    {
        const double DeviationsThatCount = 3;
        const double DeviationByMedian = 1.4826;        // of a normal distribution, from the median of absolute values
        const double VarianceOfAResidual = 1.5;         // x - (y + z) / 2 for independent x, y, z of variance 1
        const double TimesTheFirstOfAnExplosion = 2;
        var calm = considered.TakeWhile(step => step.SmoothedLoss <= TimesTheFirstOfAnExplosion * considered[0].SmoothedLoss).ToList();
        var residuals = calm.Zip(calm.Skip(1), calm.Skip(2)).Select(s => Math.Abs(s.Second.Loss - ((s.First.Loss + s.Third.Loss) / 2)))
            .Order().ToList();
        var deviation = residuals.Count == 0 ? 0 : DeviationByMedian * residuals[residuals.Count / 2] / Math.Sqrt(VarianceOfAResidual);
        var averaged = (Steps.Count / ShareLeftOutAtTheStart) + 1;
        return DeviationsThatCount * deviation / Math.Sqrt(averaged);
    }

    /// <summary>Leaves out the first tenth, where the mean has few losses, and the last steps, where the loss explodes.</summary>
    private List<LearningRateStep> Considered()
    {
        var considered = Steps.Take(Steps.Count - StepsLeftOutAtTheEnd).Skip(Steps.Count / ShareLeftOutAtTheStart).ToList();
        return considered.Count < LeastSteps ? [] : considered;
    }
}
