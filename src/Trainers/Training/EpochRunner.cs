using Microsoft.Extensions.Logging;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>Runs the epochs of a phase, keeps them in the training's checkpoint where there is one, and goes on from there.</summary>
/// <param name="phase">The phase.</param>
/// <param name="before">The epochs of the phases before it.</param>
/// <param name="checkpoint">The file, or null where none is written.</param>
/// <param name="resumed">Where an earlier process stopped in this phase, or null to begin it.</param>
/// <param name="best">Told of every epoch.</param>
/// <param name="recipe">Seed and early stopping.</param>
/// <param name="logger">Told of every epoch.</param>
internal sealed class EpochRunner(
    TrainingPhase phase, IReadOnlyList<EpochSummary> before, TrainingCheckpoint? checkpoint, TrainingState? resumed, BestWeights best,
    TrainingRecipe recipe, ILogger logger)
{
    private const int SeedsPerTraining = 1_000_003;

    private readonly List<EpochSummary> _history = [.. resumed?.History ?? []];

    private bool IsStoppedEarly => best.EpochsSince >= recipe.EarlyStoppingEpochs;

    /// <summary>Runs the epochs that are left. What is trained ends with the best epoch's weights.</summary>
    /// <param name="epochs">Number of epochs of the phase, those of earlier processes included.</param>
    /// <param name="weights">What is trained.</param>
    /// <param name="noise">Where dropout draws from; seeded anew for every epoch, as is the epoch's random order.</param>
    /// <param name="train">Runs the epoch of a number, counted from 1, and says what it came to.</param>
    /// <param name="check">Adds what the weights, or their average where there is one, do on the validation images.</param>
    /// <returns>All epochs of the phase.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written; the one before it is unharmed.</exception>
    /// <exception cref="TrainingDivergedException">A weight is no number any more; the checkpoint of the epoch before is kept.</exception>
    public IReadOnlyList<EpochSummary> Run(
        int epochs, WeightsInTraining weights, Generator noise, Func<int, Random, EpochSummary> train,
        Func<EpochSummary, EpochSummary> check)
    {
        Resume(weights);
        while (_history.Count < epochs && !IsStoppedEarly)
        {
            var seed = unchecked((recipe.Seed * SeedsPerTraining) + _history.Count);
            noise.manual_seed(seed);
            var summary = train(_history.Count + 1, new Random(seed)) with { PeakMemoryMegabytes = ProcessMemory.PeakMegabytes };
            Divergence.Check(weights.Part, summary.Epoch);
            using (weights.Average?.Apply())
            {
                summary = check(summary);
                best.Consider(summary);
            }

            _history.Add(summary);
            TrainingLog.Ended(logger, epochs, summary);
            Save(weights);
            if (IsStoppedEarly)
            {
                TrainingLog.StoppedEarly(logger, best.EpochsSince);
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
            OptimizerTensors.RestoreSteps(weights.Optimizer, resumed.OptimizerSteps);
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
            OptimizerSteps = OptimizerTensors.Steps(weights.Optimizer),
        },
        weights, best);
}
