using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Snapshots;
using MLVision.Trainers.Training.Trust;

namespace MLVision.Trainers.Training;

/// <summary>Runs the phases of a training: the whole network at once, or first the head alone and then the backbone's blocks.</summary>
/// <remarks>
/// Source of the two phases: Keras' guide to fine-tuning EfficientNet. The backbone's batch norm stays in inference mode in both. Blocks
/// are frozen or trained as a whole, because a shortcut spans a block.
/// </remarks>
/// <param name="network">The network, on its device; left in evaluation mode.</param>
/// <param name="architecture">Its architecture.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="validation">The images to check on after every epoch; may be empty.</param>
/// <param name="graph">Runs the network.</param>
/// <param name="recipe">How to train.</param>
/// <param name="options">Receives progress, cancels, and says whether to resume.</param>
/// <param name="checkpoint">The checkpoint that saves every epoch and may hold an earlier process's state, or null.</param>
/// <param name="logger">Receives a line per epoch.</param>
/// <param name="known">The known classes to which others are added; null if there are none.</param>
internal sealed class TrainingPhases(
    Block network, ImageModel architecture, BatchSource training, BatchSource validation, EagerGraph graph,
    TrainingRecipe recipe, ImageTrainingOptions options, TrainingCheckpoint? checkpoint, ILogger logger,
    KnownClasses? known = null)
{
    private const int MostHeldOut = 10_000;     // more make no temperature better, and each takes kilobytes
    private const int MostInFolds = 2000;       // of more, some can be held out, and folds would take longer than the training

    private readonly RememberedRows _before = known?.Rows ?? RememberedRows.None;
    private RememberedRows? _remembered;
    private FeatureRows? _heldOut;
    private FeatureRows? _outOfFold;
    private FeatureRows? _prototypes;

    /// <summary>Runs all epochs of all phases; the network ends with the best epoch's weights.</summary>
    /// <exception cref="ImageClassificationException">The checkpoint is damaged, or of another training.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public TrainingResult Run()
    {
        var resumed = options.Resume ? checkpoint?.Load() : null;
        if (resumed is not null)
        {
            if (checkpoint!.Fallback is { } reason)
            {
                TrainingLog.WentBack(logger, reason, checkpoint.Previous);
            }

            TrainingLog.Resumed(logger, resumed.Phase, resumed.History.Count);
            foreach (var epoch in (IEnumerable<EpochSummary>)[.. resumed.Before, .. resumed.History])
            {
                options.EpochProgress?.Report(epoch);
            }
        }

        var result = recipe.FineTuning switch
        {
            FineTuning.None => TrainNetwork(All(), TrainingPhase.Whole, before: null, resumed),
            FineTuning.HeadOnly => TrainHead(Backbone(), checkpoint, resumed),
            _ => TrainInTwoPhases(Backbone(), resumed),
        };
        TrainingLog.Returned(logger, result.Returned);
        return result;
    }

    /// <summary>
    /// The features, by the network as it is now, of a few images of each class; of known classes also those remembered before.
    /// </summary>
    /// <remarks>Call it when the training is over: the network may have been changed.</remarks>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public RememberedRows Remember()
    {
        if (_remembered is not null || options.RememberedImages == 0)
        {
            return _remembered ?? RememberedRows.None;
        }

        var (learnt, heldOut) = RememberedRows.Limits(options.RememberedImages);
        return new RememberedRows(Drawn(training, learnt), Drawn(validation, heldOut));
    }

    /// <summary>
    /// Fits a temperature to the logits of held-out images, by the network as it is now; where few are held out but the backbone stayed as
    /// it was, to those of last layers that had not seen the images. Null where it is left at 1.
    /// </summary>
    /// <remarks>Call it when the training is over.</remarks>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public CalibrationSummary? Calibrate()
    {
        if (!options.FitTemperature)
        {
            return null;
        }

        var isOutOfFold = _outOfFold is not null;
        var logits = _outOfFold ?? HeadLogits.Of(Backbone().Head, HeldOut());
        if (logits.Count < TemperatureFit.LeastImages)
        {
            TrustLog.TooFew(logger, logits.Count, TemperatureFit.LeastImages);
            return null;
        }

        var fitted = TemperatureFit.Find(logits, isOutOfFold);
        if (fitted is null)
        {
            TrustLog.AllRight(logger, logits.Count);
        }
        else
        {
            TrustLog.Fitted(logger, fitted);
        }

        return fitted;
    }

    /// <summary>What the model compares images with to say how familiar they are, by the network as it is now.</summary>
    /// <remarks>Call it when the training is over.</remarks>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public FamiliarityReference Familiarize()
    {
        var backbone = Backbone();
        var found = FamiliarityFit.Find(
            _prototypes ?? Drawn(training, PrototypesPerClass(backbone)), HeldOut(), backbone.Head,
            isBackboneFrozen: recipe.FineTuning == FineTuning.HeadOnly);
        TrustLog.Familiar(logger, Counted.Of(found.Images, "known image"), 1.0 / (found.Images + 1));
        return found;
    }

    /// <summary>
    /// Trains with one learning rate after another, in the second phase if there are two. The network is unusable afterwards.
    /// </summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; noticed at the next step.</exception>
    public LearningRateSweep Sweep(RateSweep sweep)
    {
        var swept = SweepLastPhase(sweep);
        return swept with { RecipeRate = swept.Phase == TrainingPhase.Head ? recipe.HeadLearningRate : recipe.LearningRate };
    }

    private LearningRateSweep SweepLastPhase(RateSweep sweep)
    {
        if (recipe.FineTuning == FineTuning.None)
        {
            return OnImages(All(), TrainingPhase.Whole, loop => loop.Sweep(sweep));
        }

        var backbone = Backbone();
        if (recipe.FineTuning == FineTuning.HeadOnly)
        {
            return OnFeatures(backbone, (_, _, _, loop) => loop.Sweep(sweep));
        }

        TrainHead(backbone, savedTo: null, resumed: null);
        return OnImages(Unfrozen(backbone), TrainingPhase.FineTuning, loop => loop.Sweep(sweep));
    }

    private TrainingResult TrainInTwoPhases(Backbone backbone, TrainingState? resumed)
    {
        var isHeadDone = resumed?.Phase == TrainingPhase.FineTuning;
        var head = isHeadDone ? new TrainingResult(resumed!.Before, resumed.Best) : TrainHead(backbone, checkpoint, resumed);
        return TrainNetwork(Unfrozen(backbone), TrainingPhase.FineTuning, head, isHeadDone ? resumed : null);
    }

    private TrainingResult TrainHead(Backbone backbone, TrainingCheckpoint? savedTo, TrainingState? resumed) =>
        OnFeatures(backbone, (features, checks, objective, loop) =>
        {
            if (recipe.FineTuning == FineTuning.HeadOnly)
            {
                Keep(backbone, features, checks, objective);
            }

            return Run(loop, before: null, savedTo, resumed);
        });

    private TrainingResult TrainNetwork(TrainableParts parts, TrainingPhase phase, TrainingResult? before, TrainingState? resumed) =>
        OnImages(parts, phase, loop => Run(loop, before, checkpoint, resumed));

    private TrainingResult Run(TrainingLoop loop, TrainingResult? before, TrainingCheckpoint? savedTo, TrainingState? resumed)
    {
        using var best = new BestWeights(
            loop.Learner.Part, before?.Returned, recipe.EarlyStoppingEpochs is null ? loop.HeldOut : null);
        best.Remember(before?.History ?? []);
        var history = loop.Run(new EpochRunner(loop.Phase, before?.History ?? [], savedTo, resumed, best, recipe, logger)
        {
            Progress = options.EpochProgress,
        });
        return new TrainingResult([.. before?.History ?? [], .. history], best.Epoch!);
    }

    /// <summary>Passes on a loop that trains the network, or parts of it, on images.</summary>
    private T OnImages<T>(TrainableParts parts, TrainingPhase phase, Func<TrainingLoop, T> use)
    {
        using var objective = Objective.Of(recipe, recipe.LabelSmoothing, training.Labels, training.Device);
        var learner = new NetworkLearner(network, parts, graph, options.ChannelsLast);
        return use(Loop(learner, training, validation, objective, PhaseRecipe.OfNetwork(recipe, phase)));
    }

    /// <summary>Computes the features of the frozen backbone, and passes on a loop that trains the head on them.</summary>
    private T OnFeatures<T>(Backbone backbone, Func<FeatureSet, FeatureSet, Objective, TrainingLoop, T> use)
    {
        network.eval();
        using var features = FeatureSet.Find(backbone, training, recipe.HeadViews, recipe, options, logger, _before.Learnt);
        using var checks = FeatureSet.Find(backbone, validation, views: 1, recipe, options, logger, _before.HeldOut);
        using var objective = Objective.Of(recipe, recipe.HeadLabelSmoothing, features.Classes, training.Device);
        return use(
            features, checks, objective, Loop(new HeadLearner(network, backbone), features, checks, objective, PhaseRecipe.OfHead(recipe)));
    }

    /// <summary>Keeps what is needed at the end: the backbone stays as it is, so that these are the features that it ends with.</summary>
    private void Keep(Backbone backbone, FeatureSet features, FeatureSet checks, Objective objective)
    {
        if (options.RememberedImages > 0)
        {
            var (learnt, heldOut) = RememberedRows.Limits(options.RememberedImages);
            _remembered = new RememberedRows(Some(features, training, learnt), Some(checks, validation, heldOut));
        }

        if (options.Outputs.HasFlag(ModelOutputs.Familiarity))
        {
            _prototypes = Some(features, training, PrototypesPerClass(backbone));
        }

        _heldOut = checks.Rows(FeatureRows.Spread(checks.Count, MostHeldOut));
        if (options.FitTemperature && checks.Count < TemperatureFit.LeastImages)
        {
            var folds = new HeadFolds(network, backbone, features, recipe, options);
            _outOfFold = Originals(features, training).Count is >= TemperatureFit.LeastImages and <= MostInFolds
                ? folds.Logits(training.Count, objective) : null;
        }
    }

    /// <summary>The features of held-out images by the network as it is now, or of so many of them as serve.</summary>
    private FeatureRows HeldOut() => _heldOut ??= Found(validation.Only(FeatureRows.Spread(validation.Count, MostHeldOut)));

    /// <summary>The features of a few images of each class by the network as it is now.</summary>
    private FeatureRows Drawn(BatchSource images, int mostPerClass) =>
        Found(images.Only(ClassDraw.UpTo(images.Labels, mostPerClass, new Random(recipe.Seed))));

    private FeatureRows Found(BatchSource images)
    {
        network.eval();
        using var features = FeatureSet.Find(
            Backbone(), images, views: 1, recipe, options with { Progress = null }, NullLogger.Instance, FeatureRows.None);
        return features.Rows([.. Enumerable.Range(0, features.Count)]);
    }

    private TrainingLoop Loop(Learner learner, IBatches inputs, IBatches checks, Objective objective, PhaseRecipe phase) =>
        new(learner, inputs, checks, objective, phase, recipe.Seed, options);

    /// <summary>A few features of each class, of images that are not augmented or of what was remembered before.</summary>
    private FeatureRows Some(FeatureSet features, BatchSource images, int mostPerClass)
    {
        var plain = Originals(features, images);
        var chosen = ClassDraw.UpTo([.. plain.Select(row => features.Classes[row])], mostPerClass, new Random(recipe.Seed));
        return features.Rows([.. chosen.Select(index => plain[index])]);
    }

    /// <summary>The rows of images as they are, without further views, and of what was remembered before.</summary>
    /// <remarks>Views are images.Count rows each, the images themselves first, and what was remembered comes last.</remarks>
    private static List<int> Originals(FeatureSet features, BatchSource images) =>
        [.. Enumerable.Range(0, features.Count).Where(row => row < images.Count || row >= features.Computed)];

    private static int PrototypesPerClass(Backbone backbone) =>
        FamiliarityFit.PrototypesPerClass((int)backbone.Head.out_features);

    private Backbone Backbone() => new(network, architecture.Head, graph);

    private TrainableParts All() => TrainableParts.All(network);

    private TrainableParts Unfrozen(Backbone backbone) =>
        TrainableParts.Last(network, backbone, recipe.UnfrozenBlocks, recipe.RateDecayPerBlock, recipe.FreezeBatchNorm);
}
