using Microsoft.Extensions.Logging;
using MLNetExtensions;
using Trainers.Models;

namespace Trainers.Training;

/// <summary>Runs the phases of a training: everything at once, or the head on its own and then the backbone's blocks.</summary>
/// <remarks>
/// Source of the two phases: Keras' guide to fine-tuning EfficientNet; the backbone's batch norm stays in inference mode in both, and
/// blocks are frozen or trained whole, since a shortcut spans a block.
/// </remarks>
/// <param name="network">The network, on its device; left in evaluation mode.</param>
/// <param name="architecture">Its architecture.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="validation">The images to check on after every epoch; may be empty.</param>
/// <param name="graph">Runs the network's flow.</param>
/// <param name="recipe">What is trained, and how.</param>
/// <param name="options">Whom to tell of every step, what stops it, and whether to resume.</param>
/// <param name="checkpoint">Where every epoch is saved and an earlier process is found, or null.</param>
/// <param name="logger">Told of every epoch.</param>
internal sealed class TrainingPhases(
    Block network, ImageModel architecture, BatchSource training, BatchSource validation, EagerGraph graph,
    TrainingRecipe recipe, ImageClassifierOptions options, TrainingCheckpoint? checkpoint, ILogger logger)
{
    /// <summary>Runs all epochs of all phases; the network ends with the best epoch's weights.</summary>
    /// <exception cref="ImageClassificationException">The checkpoint is damaged, or of another training.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public TrainingResult Run()
    {
        var resumed = options.Resume ? checkpoint?.Load() : null;
        if (resumed is not null)
        {
            EpochLog.Resumed(logger, resumed);
        }

        var result = recipe.FineTuning switch
        {
            FineTuning.None => Train(TrainableParts.All(network), TrainingPhase.Whole, before: null, resumed),
            FineTuning.HeadOnly => TrainHead(Backbone(), checkpoint, resumed),
            _ => TrainInTwoPhases(Backbone(), resumed),
        };
        EpochLog.Returned(logger, result.Returned);
        return result;
    }

    /// <summary>Trains with one learning rate after the other; of two phases, in the second. The network is of no use afterwards.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public LearningRateSweep Sweep(RateSweep sweep)
    {
        if (recipe.FineTuning == FineTuning.None)
        {
            return Loop(TrainableParts.All(network), TrainingPhase.Whole).Sweep(sweep);
        }

        var backbone = Backbone();
        if (recipe.FineTuning == FineTuning.HeadOnly)
        {
            return HeadTraining(backbone).Sweep(sweep);
        }

        TrainHead(backbone, savedTo: null, resumed: null);
        return Loop(Unfrozen(backbone), TrainingPhase.FineTuning).Sweep(sweep);
    }

    private TrainingResult TrainInTwoPhases(Backbone backbone, TrainingState? resumed)
    {
        var head = resumed?.Phase == TrainingPhase.FineTuning
            ? new TrainingResult(resumed.Before, resumed.Best)
            : TrainHead(backbone, checkpoint, resumed);
        return Train(Unfrozen(backbone), TrainingPhase.FineTuning, head, resumed?.Phase == TrainingPhase.FineTuning ? resumed : null);
    }

    private TrainingResult TrainHead(Backbone backbone, TrainingCheckpoint? savedTo, TrainingState? resumed)
    {
        using var best = new BestWeights(backbone.Head);
        var progress = new PhaseProgress(TrainingPhase.Head, before: [], savedTo, resumed, best, recipe, logger);
        var history = HeadTraining(backbone).Run(progress);
        return new TrainingResult(history, best.Epoch!);
    }

    private TrainingResult Train(TrainableParts parts, TrainingPhase phase, TrainingResult? before, TrainingState? resumed)
    {
        using var best = new BestWeights(network, before?.Returned);
        var progress = new PhaseProgress(phase, before?.History ?? [], checkpoint, resumed, best, recipe, logger);
        var history = Loop(parts, phase).Run(progress);
        return new TrainingResult([.. before?.History ?? [], .. history], best.Epoch!);
    }

    private Backbone Backbone() => new(network, architecture.Head, graph);

    private HeadTraining HeadTraining(Backbone backbone) => new(network, backbone, training, validation, recipe, options, logger);

    private TrainingLoop Loop(TrainableParts parts, TrainingPhase phase) => new(network, parts, phase, training, validation, graph, recipe, options);

    private TrainableParts Unfrozen(Backbone backbone) =>
        TrainableParts.Last(network, backbone, recipe.UnfrozenBlocks, recipe.RateDecayPerBlock, recipe.FreezeBatchNorm);
}
