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

    /// <summary>Runs all epochs of all phases and returns what each came to.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public IReadOnlyList<EpochSummary> Run(FineTuning fineTuning)
    {
        if (fineTuning == FineTuning.None)
        {
            return Train(TrainableParts.All(network), TrainingPhase.Whole, options.LearningRate ?? architecture.LearningRate);
        }

        var backbone = new Backbone(network, architecture.Head);
        var isHeadOnly = fineTuning == FineTuning.HeadOnly;
        var head = new HeadTraining(network, backbone, training, validation, options, logger).Run(isHeadOnly ? options.Epochs : options.HeadEpochs);
        if (isHeadOnly)
        {
            return head;
        }

        var parts = TrainableParts.Last(network, backbone, options.UnfrozenBlocks, options.RateDecayPerBlock, options.FreezeBatchNorm);
        var rate = options.LearningRate ?? (architecture.LearningRate * FineTuningShareOfRate);
        return [.. head, .. Train(parts, TrainingPhase.FineTuning, rate)];
    }

    private IReadOnlyList<EpochSummary> Train(TrainableParts parts, TrainingPhase phase, double learningRate) =>
        new TrainingLoop(network, parts, phase, training, validation, learningRate, options, logger).Run();
}
