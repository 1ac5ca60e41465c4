using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;

namespace MLVision.Trainers.Training;

/// <summary>Runs the epochs of a phase, saves each in the checkpoint if there is one, and can resume from it.</summary>
/// <param name="phase">The phase.</param>
/// <param name="before">The epochs of the phases before it.</param>
/// <param name="checkpoint">The checkpoint file, or null for none.</param>
/// <param name="resumed">The state saved by an earlier process in this phase, or null to begin the phase.</param>
/// <param name="best">Called after every epoch; keeps the best weights.</param>
/// <param name="recipe">Seed and early stopping.</param>
/// <param name="logger">Receives a line per epoch.</param>
internal sealed class EpochRunner(
    TrainingPhase phase, IReadOnlyList<EpochSummary> before, TrainingCheckpoint? checkpoint, TrainingState? resumed, BestWeights best,
    TrainingRecipe recipe, ILogger logger)
{
    private const int SeedsPerTraining = 1_000_003;

    private readonly List<EpochSummary> _history = [.. resumed?.History ?? []];

    /// <summary>Receives each epoch when it is saved; null for nobody.</summary>
    public IProgress<EpochSummary>? Progress { get; init; }

    private bool IsStoppedEarly => best.EpochsSince >= recipe.EarlyStoppingEpochs;

    /// <summary>Runs the remaining epochs. At the end the module has the best epoch's weights.</summary>
    /// <param name="epochs">Number of epochs of the phase, including those of earlier processes.</param>
    /// <param name="weights">The weights in training.</param>
    /// <param name="noise">The source of dropout; begun again for every epoch, like the epoch's random order.</param>
    /// <param name="train">Runs one epoch, given its number from 1, and returns its results.</param>
    /// <param name="check">Adds the results on the validation images, with the averaged weights if there are any.</param>
    /// <returns>All epochs of the phase.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written; the previous one is intact.</exception>
    /// <exception cref="TrainingDivergedException">A weight is NaN or infinite; the previous epoch's checkpoint is kept.</exception>
    public IReadOnlyList<EpochSummary> Run(
        int epochs, WeightsInTraining weights, Noise noise, Func<int, Random, EpochSummary> train,
        Func<EpochSummary, EpochSummary> check)
    {
        Resume(weights);
        while (_history.Count < epochs && !IsStoppedEarly)
        {
            var seed = unchecked((recipe.Seed * SeedsPerTraining) + _history.Count);
            noise.Restart(seed);
            var summary = train(_history.Count + 1, new Random(seed)) with { PeakMemoryMegabytes = ProcessMemory.PeakMegabytes };
            Divergence.Check(weights.Flat, summary.Epoch);
            using (weights.Average?.Apply())
            {
                summary = check(summary);
                best.Consider(summary);
            }

            _history.Add(summary);
            TrainingLog.Ended(logger, epochs, summary);
            Save(weights);
            Progress?.Report(summary);
            if (IsStoppedEarly)
            {
                TrainingLog.StoppedEarly(logger, Counted.Of(best.EpochsSince, "epoch"));
            }
        }

        weights.Average?.ApplyForGood();
        best.Restore();
        return _history;
    }

    private void Resume(WeightsInTraining weights)
    {
        if (resumed is not null)
        {
            checkpoint!.Restore(weights, best);
            best.Resume(resumed.Best, resumed.EpochsSinceBest);
            best.Remember([.. before, .. resumed.History]);
            weights.Optimizer.Restore(resumed.OptimizerSteps);
        }
    }

    private void Save(WeightsInTraining weights) => checkpoint?.Save(
        new TrainingState
        {
            Phase = phase,
            Before = before,
            History = _history,
            Best = best.Epoch!,
            EpochsSinceBest = best.EpochsSince,
            OptimizerSteps = weights.Optimizer.Steps,
        },
        weights, best);
}
