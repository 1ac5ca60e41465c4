using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Snapshots;
using MLVision.Trainers.Training.Trust;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>
/// Trains the last layer on four fifths of the features, five times, and asks each about the fifth that it has not seen: where few images
/// are held out, this makes logits of all that no last layer learned by heart.
/// </summary>
/// <param name="network">The network, whose last layer has the weights that it starts from; it has them again afterwards.</param>
/// <param name="backbone">The same network's parts.</param>
/// <param name="features">The features of all images.</param>
/// <param name="recipe">How the last layer is trained.</param>
/// <param name="options">Cancels.</param>
internal sealed class HeadFolds(
    Block network, Backbone backbone, FeatureSet features, TrainingRecipe recipe, ImageTrainingOptions options)
{
    private const int Folds = 5;

    /// <summary>A row of logits for each image of a class that has two or more.</summary>
    /// <param name="images">Number of images among the features, each once for every view; what is remembered is behind them.</param>
    /// <param name="objective">The loss.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public FeatureRows Logits(int images, Objective objective)
    {
        using var untracked = no_grad();
        var start = backbone.Head.state_dict()
            .ToDictionary(entry => entry.Key, entry => entry.Value.clone().DetachFromDisposeScope());
        var fold = Deal(images);
        var logits = FeatureRows.None;
        for (var i = 0; i < Folds; i++)
        {
            int[] asked = [.. Enumerable.Range(0, features.Count).Where(row => !IsView(row, images) && fold[row] == i)];
            int[] learnt = [.. Enumerable.Range(0, features.Count).Where(row => fold[ImageOf(row, images)] != i)];
            if (asked.Length > 0 && learnt.Length > 0)
            {
                Train(learnt, objective);
                logits = logits.Append(HeadLogits.Of(backbone.Head, features.Rows(asked)));
                Reset(start);
            }
        }

        foreach (var weight in start.Values)
        {
            weight.Dispose();
        }

        return logits;
    }

    /// <summary>The fold of each row that stands for an image; none where a class has no other, so that all learn from it.</summary>
    private Dictionary<int, int> Deal(int images)
    {
        var random = new Random(recipe.Seed);
        var folds = new Dictionary<int, int>();
        var originals = Enumerable.Range(0, features.Count).Where(row => !IsView(row, images));
        foreach (var ofClass in originals.GroupBy(row => features.Classes[row]))
        {
            int[] rows = [.. ofClass];
            random.Shuffle(rows);
            foreach (var row in rows)
            {
                folds[row] = rows.Length > 1 ? folds.Count % Folds : -1;
            }
        }

        return folds;
    }

    private bool IsView(int row, int images) => row >= images && row < features.Computed;

    private int ImageOf(int row, int images) => IsView(row, images) ? row % images : row;

    private void Train(int[] rows, Objective objective)
    {
        using var part = features.Only(rows, recipe);
        using var none = features.Only([], recipe);
        var loop = new TrainingLoop(
            new HeadLearner(network, backbone), part, none, objective, PhaseRecipe.OfHead(recipe), recipe.Seed,
            options with { Progress = null });
        using var best = new BestWeights(backbone.Head);
        loop.Run(new EpochRunner(loop.Phase, [], checkpoint: null, resumed: null, best, recipe, NullLogger.Instance));
    }

    private void Reset(Dictionary<string, Tensor> start)
    {
        foreach (var (key, weight) in backbone.Head.state_dict())
        {
            weight.copy_(start[key]);
        }
    }
}
