using System.Diagnostics;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training;

/// <summary>Raises the learning rate from step to step and records the loss until it explodes.</summary>
/// <remarks>
/// Source: Smith 2017, §3.3, arXiv:1506.01186. The rate grows by the same factor at each step. The loss is an exponential mean, corrected
/// for its start. The sweep stops when that mean is four times its smallest value, as in fastai's <c>lr_find</c>.
/// </remarks>
internal sealed class RateSweep
{
    private const double Smoothing = 0.98;
    private const double StopAtTimesBest = 4;

    private readonly LearningRateSweepOptions _options;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly List<LearningRateStep> _steps = [];
    private double _mean;
    private double _best = double.PositiveInfinity;

    /// <summary>Prepares a sweep; no step is made yet.</summary>
    /// <param name="options">The rates.</param>
    /// <param name="progress">Called after every step, or null.</param>
    /// <exception cref="OptionOutOfRangeException">A number is out of range.</exception>
    public RateSweep(LearningRateSweepOptions options, IProgress<TrainingProgress>? progress = null)
    {
        options.Validate();
        (_options, _progress) = (options, progress);
    }

    /// <summary>The steps made so far.</summary>
    public IReadOnlyList<LearningRateStep> Steps => _steps;

    /// <summary>Makes the steps.</summary>
    /// <param name="phase">The phase whose weights are trained.</param>
    /// <param name="epoch">Returns the batches of the next epoch.</param>
    /// <param name="train">Makes a step on a batch at a rate and returns the loss before the step.</param>
    public LearningRateSweep Run(TrainingPhase phase, Func<IEnumerable<Batch>> epoch, Func<Batch, double, float> train)
    {
        var (watch, seen) = (Stopwatch.StartNew(), 0L);
        foreach (var batch in EpochAfterEpoch(epoch))
        {
            using var fetched = batch;
            var goesOn = Add(train(batch, RateAt(_steps.Count)));
            seen += batch.Labels.shape[0];
            if (!goesOn || _steps.Count == _options.Steps)
            {
                break;
            }

            _progress?.Report(new TrainingProgress(
                1, 1, _steps.Count, _options.Steps, _steps[^1].SmoothedLoss, seen / watch.Elapsed.TotalSeconds, phase));
        }

        return new LearningRateSweep { Phase = phase, Steps = [.. _steps] };
    }

    /// <summary>The rate of a step, counted from 0.</summary>
    public double RateAt(int step) =>
        _options.FirstRate * Math.Pow(_options.LastRate / _options.FirstRate, (double)step / (_options.Steps - 1));

    /// <summary>Adds the loss of the next step; false if the sweep is over.</summary>
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

    private static IEnumerable<Batch> EpochAfterEpoch(Func<IEnumerable<Batch>> epoch)
    {
        while (true)
        {
            foreach (var batch in epoch())
            {
                yield return batch;
            }
        }
    }
}
