using Microsoft.Extensions.Logging;
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
/// <param name="options">Rates, epochs and augmentation.</param>
/// <param name="logger">Told of every epoch.</param>
internal sealed class TrainingPhases(
    Block network, ImageModel architecture, BatchSource training, BatchSource validation, ImageClassifierOptions options, ILogger logger)
{
    private const double FineTuningShareOfRate = 0.1;

    /// <summary>Runs all epochs of all phases; the network ends with the best epoch's weights.</summary>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public TrainingResult Run(FineTuning fineTuning)
    {
        var result = fineTuning switch
        {
            FineTuning.None => Train(TrainableParts.All(network), TrainingPhase.Whole, options.LearningRate ?? architecture.LearningRate, before: null),
            FineTuning.HeadOnly => TrainHead(new Backbone(network, architecture.Head), options.Epochs),
            _ => TrainInTwoPhases(new Backbone(network, architecture.Head)),
        };
        EpochLog.Returned(logger, result.Returned);
        return result;
    }

    private TrainingResult TrainInTwoPhases(Backbone backbone)
    {
        var head = TrainHead(backbone, options.HeadEpochs);
        var parts = TrainableParts.Last(network, backbone, options.UnfrozenBlocks, options.RateDecayPerBlock, options.FreezeBatchNorm);
        var rate = options.LearningRate ?? (architecture.LearningRate * FineTuningShareOfRate);
        return Train(parts, TrainingPhase.FineTuning, rate, head);
    }

    private TrainingResult TrainHead(Backbone backbone, int epochs)
    {
        using var best = new BestWeights(backbone.Head);
        var history = new HeadTraining(network, backbone, training, validation, options, best, logger).Run(epochs);
        return new TrainingResult(history, best.Epoch!);
    }

    private TrainingResult Train(TrainableParts parts, TrainingPhase phase, double learningRate, TrainingResult? before)
    {
        using var best = new BestWeights(network, before?.Returned);
        var history = new TrainingLoop(network, parts, phase, training, validation, learningRate, options, best, logger).Run();
        return new TrainingResult([.. before?.History ?? [], .. history], best.Epoch!);
    }
}
