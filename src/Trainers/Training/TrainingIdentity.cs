using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Trainers.Training;

/// <summary>What makes a training what it is: two with the same identity end with the same weights.</summary>
internal static class TrainingIdentity
{
    /// <summary>The facts by name, in words for a message.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        string architecture, FineTuning fineTuning, IReadOnlyList<string> labels, BatchSource training, BatchSource validation, ImageClassifierOptions options)
    {
        var facts = new Dictionary<string, object?>
        {
            ["the architecture"] = architecture,
            ["the list of classes"] = string.Join(", ", labels),
            ["the number of training images"] = training.Count,
            ["the number of validation images"] = validation.Count,
            ["the digest of the images' labels"] = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(training.Labels.ToArray())))[..12],
            ["the image size"] = training.ImageSize,
            ["FineTuning"] = fineTuning,
            [nameof(options.Weights)] = options.Weights,
            [nameof(options.ReplaceHead)] = options.ReplaceHead,
            [nameof(options.Seed)] = options.Seed,
            [nameof(options.Epochs)] = options.Epochs,
            [nameof(options.HeadEpochs)] = options.HeadEpochs,
            [nameof(options.HeadViews)] = options.HeadViews,
            [nameof(options.HeadLearningRate)] = options.HeadLearningRate,
            [nameof(options.HeadWeightDecay)] = options.HeadWeightDecay,
            [nameof(options.UnfrozenBlocks)] = options.UnfrozenBlocks,
            [nameof(options.RateDecayPerBlock)] = options.RateDecayPerBlock,
            [nameof(options.FreezeBatchNorm)] = options.FreezeBatchNorm,
            [nameof(options.BatchSize)] = options.BatchSize,
            [nameof(options.LearningRate)] = options.LearningRate,
            [nameof(options.Momentum)] = options.Momentum,
            [nameof(options.WeightDecay)] = options.WeightDecay,
            [nameof(options.WarmupEpochs)] = options.WarmupEpochs,
            [nameof(options.LabelSmoothing)] = options.LabelSmoothing,
            [nameof(options.Augmentation)] = options.Augmentation ?? AugmentationOptions.Light,
        };
        return facts.ToDictionary(fact => fact.Key, fact => Convert.ToString(fact.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "not given");
    }
}
