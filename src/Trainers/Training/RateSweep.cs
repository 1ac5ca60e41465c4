namespace Trainers.Training;

/// <summary>Raises the learning rate from step to step, and watches the loss until it explodes.</summary>
/// <remarks>
/// Source: Smith 2017, §3.3, arXiv:1506.01186. The rate grows by the same factor at each step, the loss is an exponential mean whose
/// start is corrected for, and the sweep stops where that mean is four times its smallest value: as in fastai's <c>lr_find</c>.
/// </remarks>
internal sealed class RateSweep
{
    private const double Smoothing = 0.98;
    private const double StopAtTimesBest = 4;

    private readonly LearningRateSweepOptions _options;
    private readonly List<LearningRateStep> _steps = [];
    private double _mean;
    private double _best = double.PositiveInfinity;

    /// <summary>Prepares a sweep; no step is made yet.</summary>
    /// <param name="options">The rates.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public RateSweep(LearningRateSweepOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <summary>The steps made so far.</summary>
    public IReadOnlyList<LearningRateStep> Steps => _steps;

    /// <summary>Makes the steps.</summary>
    /// <param name="epoch">The batches of one epoch after the other.</param>
    /// <param name="step">Trains on a batch at a rate and returns the loss before that.</param>
    public void Run(Func<IEnumerable<Batch>> epoch, Func<Batch, double, float> step)
    {
        while (true)
        {
            foreach (var batch in epoch())
            {
                using var fetched = batch;
                if (!Add(step(batch, RateAt(_steps.Count))) || _steps.Count == _options.Steps)
                {
                    return;
                }
            }
        }
    }

    /// <summary>The rate of a step, counted from 0.</summary>
    public double RateAt(int step) =>
        _options.FirstRate * Math.Pow(_options.LastRate / _options.FirstRate, (double)step / (_options.Steps - 1));

    /// <summary>Takes the loss of the next step; false where there is nothing more to learn.</summary>
    public bool Add(double loss)
    {
        if (!double.IsFinite(loss))
        {
            return false;
        }

        _mean = (Smoothing * _mean) + ((1 - Smoothing) * loss);
        var smoothed = _mean / (1 - Math.Pow(Smoothing, _steps.Count + 1));
        _steps.Add(new LearningRateStep(RateAt(_steps.Count), loss, smoothed));
        _best = Math.Min(_best, smoothed);
        return smoothed <= StopAtTimesBest * _best;
    }
}
