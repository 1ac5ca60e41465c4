using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Trainers.Training;

/// <summary>The epochs of a phase that are done, kept in the training's checkpoint where there is one.</summary>
/// <param name="phase">The phase.</param>
/// <param name="before">The epochs of the phases before it.</param>
/// <param name="checkpoint">The file, or null where none is written.</param>
/// <param name="resumed">Where an earlier process stopped in this phase, or null to begin it.</param>
internal sealed class PhaseProgress(
    TrainingPhase phase, IReadOnlyList<EpochSummary> before, TrainingCheckpoint? checkpoint, TrainingState? resumed)
{
    private const int SeedsPerTraining = 1_000_003;

    private readonly List<EpochSummary> _history = [.. resumed?.History ?? []];

    /// <summary>The epochs of this phase.</summary>
    public IReadOnlyList<EpochSummary> History => _history;

    /// <summary>Number of epochs done.</summary>
    public int Epoch => _history.Count;

    /// <summary>Seed of everything that the next epoch draws.</summary>
    public int NextSeed(int seed) => unchecked((seed * SeedsPerTraining) + Epoch);

    /// <summary>Puts back what an earlier process had reached.</summary>
    public void Resume(Module part, BestWeights best, OptimizerHelper optimizer)
    {
        if (resumed is not null)
        {
            checkpoint!.Restore(part, best, optimizer);
            best.Resume(resumed.Best, resumed.EpochsSinceBest);
            OptimizerTensors.RestoreSteps(optimizer, resumed.OptimizerSteps);
        }
    }

    /// <summary>Notes an epoch that ended.</summary>
    /// <exception cref="IOException">The checkpoint cannot be written; the one before it is unharmed.</exception>
    public void Save(EpochSummary summary, Module part, BestWeights best, OptimizerHelper optimizer)
    {
        _history.Add(summary);
        checkpoint?.Save(
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
}
