namespace MLVision.Trainers.Training.Results;

/// <summary>What a search for a learning rate found: the loss by rate, and the rates that it speaks for.</summary>
/// <remarks>
/// Source: Smith 2017, §3.3, arXiv:1506.01186; the two suggestions are those of fastai's <c>lr_find</c>. Both are read off a curve that
/// a few dozen batches drew: look at it.
/// </remarks>
public sealed record LearningRateSweep
{
    private const int LeastSteps = 3;
    private const int StepsLeftOutAtTheEnd = 5;
    private const int ShareLeftOutAtTheStart = 10;

    /// <summary>
    /// What was trained; <see cref="TrainingPhase.Head"/> is asking for <c>HeadLearningRate</c>, the others for <c>LearningRate</c>.
    /// </summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The steps, in rising order of their rates; they end early where the loss exploded.</summary>
    public required IReadOnlyList<LearningRateStep> Steps { get; init; }

    /// <summary>
    /// The rate at which the smoothed loss falls most steeply over the logarithm of the rate, on the way down to where it is smallest;
    /// null where it never falls. Behind that point a loss that has exploded may fall as steeply, and says nothing.
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
    /// A tenth of the rate at which the smoothed loss is smallest, on the safe side of where it rises; null where it never falls.
    /// </summary>
    public double? TenthOfMinimum =>
        Suggestion is null ? null : Considered().MinBy(step => step.SmoothedLoss)!.Rate / 10;

    /// <summary>Without the first tenth, where the mean is of few losses, and without the last ones, where the loss explodes.</summary>
    private List<LearningRateStep> Considered()
    {
        var considered = Steps.Take(Steps.Count - StepsLeftOutAtTheEnd).Skip(Steps.Count / ShareLeftOutAtTheStart).ToList();
        return considered.Count < LeastSteps ? [] : considered;
    }
}
