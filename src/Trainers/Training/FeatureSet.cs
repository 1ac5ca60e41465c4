using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainers.Models;
using static TorchSharp.torch;

namespace Trainers.Training;

/// <summary>What a frozen backbone finds in a set of images: one row of features per image and view, with its class.</summary>
internal sealed class FeatureSet : IDisposable
{
    private readonly IReadOnlyList<int> _classes;

    private FeatureSet(Tensor features, Tensor labels, IReadOnlyList<int> classes) => (Features, Labels, _classes) = (features, labels, classes);

    /// <summary>[rows, features].</summary>
    public Tensor Features { get; }

    /// <summary>[rows].</summary>
    public Tensor Labels { get; }

    /// <summary>Number of rows.</summary>
    public int Count => (int)Labels.shape[0];

    /// <summary>Runs every image through the backbone: once as it is, and once per further view, augmented.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static FeatureSet Find(Backbone backbone, BatchSource images, int views, TrainingRecipe recipe, ImageClassifierOptions options, ILogger logger)
    {
        if (images.Count == 0)
        {
            return new FeatureSet(empty(0), empty(0, ScalarType.Int64), []);
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var watch = Stopwatch.StartNew();
        var random = new Random(recipe.Seed);
        var batches = Enumerable.Range(0, views).SelectMany(view => view == 0 ? images.InOrder() : images.InOrder(random, recipe.Augmentation));
        var (features, seen) = (new List<Tensor>(), 0L);
        var steps = views * images.BatchesInOrder;
        int[] classes = [.. Enumerable.Repeat(images.Labels, views).SelectMany(label => label)];
        foreach (var batch in batches)
        {
            using var fetched = batch;
            options.CancellationToken.ThrowIfCancellationRequested();
            features.Add(backbone.Features(batch.Images));
            seen += batch.Labels.shape[0];
            options.Progress?.Report(new TrainingProgress(
                1, 1, features.Count, steps, 0, seen / watch.Elapsed.TotalSeconds, TrainingPhase.Features));
        }

        EpochLog.FeaturesFound(logger, images.Count, views, seen / watch.Elapsed.TotalSeconds);
        var labels = tensor(Array.ConvertAll(classes, label => (long)label)).to(images.Device);
        return new FeatureSet(cat(features).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), classes);
    }

    /// <summary>Steps of an epoch.</summary>
    public int Steps(int batchSize) => (Count + batchSize - 1) / batchSize;

    /// <summary>One epoch, shuffled.</summary>
    public IEnumerable<Batch> Epoch(Random random, ClassBalance balance, int batchSize)
    {
        var order = Array.ConvertAll(EpochOrder.Draw(_classes, balance, random), row => (long)row);
        foreach (var rows in order.Chunk(batchSize))
        {
            using var chosen = tensor(rows).to(Features.device);
            yield return new Batch(Features.index_select(0, chosen), Labels.index_select(0, chosen));
        }
    }

    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
    }
}
