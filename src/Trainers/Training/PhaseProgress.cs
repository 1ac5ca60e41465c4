using Microsoft.Extensions.Logging;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>Runs the epochs of a phase, keeps them in the training's checkpoint where there is one, and goes on from there.</summary>
/// <param name="phase">The phase.</param>
/// <param name="before">The epochs of the phases before it.</param>
/// <param name="checkpoint">The file, or null where none is written.</param>
/// <param name="resumed">Where an earlier process stopped in this phase, or null to begin it.</param>
/// <param name="best">Told of every epoch.</param>
/// <param name="options">Seed and early stopping.</param>
/// <param name="logger">Told of every epoch.</param>
internal sealed class PhaseProgress(
    TrainingPhase phase, IReadOnlyList<EpochSummary> before, TrainingCheckpoint? checkpoint, TrainingState? resumed, BestWeights best,
    ImageClassifierOptions options, ILogger logger)
{
    private const int SeedsPerTraining = 1_000_003;

    private readonly List<EpochSummary> _history = [.. resumed?.History ?? []];

    private bool IsStoppedEarly => best.EpochsSince >= options.EarlyStoppingEpochs;

    /// <summary>Runs the epochs that are left. What is trained ends with the best epoch's weights.</summary>
    /// <param name="epochs">Number of epochs of the phase, those of earlier processes included.</param>
    /// <param name="part">What is trained.</param>
    /// <param name="optimizer">What trains it.</param>
    /// <param name="noise">Where dropout draws from; seeded anew for every epoch, as is the epoch's random order.</param>
    /// <param name="run">Runs the epoch of a number, counted from 1, and says what it came to.</param>
    /// <returns>All epochs of the phase.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written; the one before it is unharmed.</exception>
    /// <exception cref="TrainingDivergedException">A weight is no number any more; the checkpoint of the epoch before is kept.</exception>
    public IReadOnlyList<EpochSummary> Run(
        int epochs, Module part, OptimizerHelper optimizer, Generator noise, Func<int, Random, EpochSummary> run)
    {
        Resume(part, optimizer);
        while (_history.Count < epochs && !IsStoppedEarly)
        {
            var seed = unchecked((options.Seed * SeedsPerTraining) + _history.Count);
            noise.manual_seed(seed);
            var summary = run(_history.Count + 1, new Random(seed)) with { PeakMemoryMegabytes = ProcessMemory.PeakMegabytes };
            Divergence.Check(part, summary.Epoch);
            _history.Add(summary);
            EpochLog.Ended(logger, epochs, summary);
            best.Consider(summary);
            Save(part, optimizer);
            if (IsStoppedEarly)
            {
                EpochLog.StoppedEarly(logger, best.EpochsSince);
            }
        }

        best.Restore();
        return _history;
    }

    private void Resume(Module part, OptimizerHelper optimizer)
    {
        if (resumed is not null)
        {
            checkpoint!.Restore(part, best, optimizer);
            best.Resume(resumed.Best, resumed.EpochsSinceBest);
            OptimizerTensors.RestoreSteps(optimizer, resumed.OptimizerSteps);
        }
    }

    private void Save(Module part, OptimizerHelper optimizer) => checkpoint?.Save(
        new TrainingState
        {
            Phase = phase,
            Before = before,
            History = _history,
            Best = best.Epoch!,
            EpochsSinceBest = best.EpochsSince,
            OptimizerSteps = OptimizerTensors.Steps(optimizer),
        },
        part, best, optimizer);
}
