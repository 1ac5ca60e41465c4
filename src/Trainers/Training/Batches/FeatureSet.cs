using System.Diagnostics;
using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>The features that a frozen backbone computes for a set of images: one row per image and view, with its class.</summary>
internal sealed class FeatureSet : IBatches, IDisposable
{
    private readonly Tensor _features;      // [rows, features]
    private readonly Tensor _labels;        // [rows]
    private readonly IReadOnlyList<int> _classes;
    private readonly int _batchSize;
    private readonly ClassBalance _balance;

    private FeatureSet(Tensor features, Tensor labels, IReadOnlyList<int> classes, TrainingRecipe recipe)
    {
        (_features, _labels, _classes) = (features, labels, classes);
        (_batchSize, _balance) = (recipe.BatchSize, recipe.ClassBalance);
    }

    /// <summary>Number of rows.</summary>
    public int Count => _classes.Count;

    /// <summary>Number of rows that were computed, for all views together; what is remembered comes behind them.</summary>
    public int Computed { get; private init; }

    /// <inheritdoc/>
    public int Steps => (Count + _batchSize - 1) / _batchSize;

    /// <inheritdoc/>
    public Device Device => _features.device;

    /// <summary>Class of each row: the images in their order, once for each view, then what is remembered.</summary>
    public IReadOnlyList<int> Classes => _classes;

    /// <summary>Runs every image through the backbone: once unchanged, and once per further view, augmented.</summary>
    /// <param name="backbone">Computes the features.</param>
    /// <param name="images">The images.</param>
    /// <param name="views">Number of views of each image.</param>
    /// <param name="recipe">How to augment, and how classes are balanced.</param>
    /// <param name="options">Receives progress, and cancels.</param>
    /// <param name="logger">Receives a line.</param>
    /// <param name="remembered">Features that the backbone computed before, which are added as they are.</param>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static FeatureSet Find(
        Backbone backbone, BatchSource images, int views, TrainingRecipe recipe, ImageTrainingOptions options, ILogger logger,
        FeatureRows remembered)
    {
        if (images.Count + remembered.Count == 0)
        {
            return new FeatureSet(empty(0), empty(0, ScalarType.Int64), [], recipe);
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var watch = Stopwatch.StartNew();
        var random = new Random(recipe.Seed);
        var batches = Enumerable.Range(0, views)
            .SelectMany(view => view == 0 ? images.InOrder() : images.InOrder(random, recipe.Augmentation));
        var (features, seen) = (new List<Tensor>(), 0L);
        var steps = views * images.BatchesInOrder;
        int[] classes = [.. Enumerable.Repeat(images.Labels, views).SelectMany(label => label), .. remembered.Classes];
        foreach (var batch in batches)
        {
            using var fetched = batch;
            options.CancellationToken.ThrowIfCancellationRequested();
            features.Add(backbone.Features(batch.Images));
            seen += batch.Labels.shape[0];
            options.Progress?.Report(new TrainingProgress(
                1, 1, features.Count, steps, 0, seen / watch.Elapsed.TotalSeconds, TrainingPhase.Features)
            {
                LaterEpochs = recipe.Epochs,
            });
        }

        if (images.Count > 0)
        {
            TrainingLog.FeaturesFound(
                logger, Counted.Of(images.Count, "image"), Counted.Of(views, "view"), seen / watch.Elapsed.TotalSeconds);
        }

        if (remembered.Count > 0)
        {
            features.Add(tensor(remembered.Values).view(remembered.Count, remembered.Width).to(images.Device));
        }

        var labels = tensor(Array.ConvertAll(classes, label => (long)label)).to(images.Device);
        return new FeatureSet(cat(features).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), classes, recipe)
        {
            Computed = views * images.Count,
        };
    }

    /// <summary>One epoch, shuffled; classes as often as the recipe's balance says.</summary>
    public IEnumerable<Batch> Epoch(Random random)
    {
        var order = Array.ConvertAll(EpochOrder.Draw(_classes, _balance, random), row => (long)row);
        foreach (var rows in order.Chunk(_batchSize))
        {
            using var chosen = tensor(rows).to(Device);
            yield return new Batch(_features.index_select(0, chosen), _labels.index_select(0, chosen));
        }
    }

    /// <summary>A copy of the rows of the given indices.</summary>
    public FeatureRows Rows(IReadOnlyList<int> indices)
    {
        if (indices.Count == 0)
        {
            return FeatureRows.None;
        }

        using var scope = NewDisposeScope();
        var chosen = tensor([.. indices.Select(index => (long)index)]).to(Device);
        return new FeatureRows(
            [.. indices.Select(index => _classes[index])], _features.index_select(0, chosen).cpu().data<float>().ToArray());
    }

    /// <summary>Copies of some rows, to learn from. The caller owns them.</summary>
    public FeatureSet Only(IReadOnlyList<int> indices, TrainingRecipe recipe)
    {
        using var chosen = tensor([.. indices.Select(index => (long)index)]).to(Device);
        return new FeatureSet(
            _features.index_select(0, chosen).DetachFromDisposeScope(), _labels.index_select(0, chosen).DetachFromDisposeScope(),
            [.. indices.Select(index => _classes[index])], recipe);
    }

    /// <summary>All rows in one batch.</summary>
    public IEnumerable<Batch> InOrder()
    {
        yield return new Batch(_features.alias(), _labels.alias());
    }

    public void Dispose()
    {
        _features.Dispose();
        _labels.Dispose();
    }
}
