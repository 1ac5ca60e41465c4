namespace MLVision.Trainers.Training.Results;

/// <summary>The result of a search for a learning rate: the loss by rate, and the suggested rates.</summary>
/// <remarks>
/// Source: Smith 2017, §3.3, arXiv:1506.01186; the two suggestions are those of fastai's <c>lr_find</c>. Both are read from a curve of a
/// few dozen batches: look at the curve.
/// </remarks>
public sealed record LearningRateSweep
{
    private const int LeastSteps = 3;
    private const int StepsLeftOutAtTheEnd = 5;
    private const int ShareLeftOutAtTheStart = 10;

    /// <summary>
    /// The phase that was trained. For <see cref="TrainingPhase.Head"/> the rates are for <c>HeadLearningRate</c>, otherwise for
    /// <c>LearningRate</c>.
    /// </summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The steps by rising rate; they end early if the loss exploded.</summary>
    public required IReadOnlyList<LearningRateStep> Steps { get; init; }

    /// <summary>
    /// The rate at which the smoothed loss falls most steeply over the logarithm of the rate, before its smallest value; null if it never
    /// falls. After that point, an exploded loss may fall as steeply, which means nothing.
    /// </summary>
    public double? Suggestion
    {
        get
        {
            var considered = Considered();
            var steps = considered.Take(considered.Count == 0 ? 0 : considered.IndexOf(considered.MinBy(step => step.SmoothedLoss)!) + 1)
                .ToList();
            var steepest = steps.Zip(
                steps.Skip(1), (a, b) => (a.Rate, Slope: (b.SmoothedLoss - a.SmoothedLoss) / Math.Log(b.Rate / a.Rate)))
                .DefaultIfEmpty().MinBy(step => step.Slope);
            return steepest.Slope < 0 ? steepest.Rate : null;
        }
    }

    /// <summary>
    /// A tenth of the rate at which the smoothed loss is smallest, safely below the rates where it rises; null if it never falls.
    /// </summary>
    public double? TenthOfMinimum =>
        Suggestion is null ? null : Considered().MinBy(step => step.SmoothedLoss)!.Rate / 10;

    /// <summary>Leaves out the first tenth, where the mean has few losses, and the last steps, where the loss explodes.</summary>
    private List<LearningRateStep> Considered()
    {
        var considered = Steps.Take(Steps.Count - StepsLeftOutAtTheEnd).Skip(Steps.Count / ShareLeftOutAtTheStart).ToList();
        return considered.Count < LeastSteps ? [] : considered;
    }
}
