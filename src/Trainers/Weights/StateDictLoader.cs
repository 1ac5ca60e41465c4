using System.Runtime.InteropServices;
using Trainers.Models;
using static TorchSharp.torch;

namespace Trainers.Weights;

/// <summary>Copies a checkpoint's weights into a network, by name.</summary>
internal static class StateDictLoader
{
    private const string StepCounter = "num_batches_tracked";

    // Far above every data set; a crafted file must not make its reader number billions of classes.
    private const int MostClasses = 1_000_000;

    /// <summary>Loads all weights that the network has.</summary>
    /// <param name="network">A network of <paramref name="architecture"/>, on the CPU.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="replaceHead">Whether a last layer for another number of classes is left as it is in the network.</param>
    /// <returns>Layers that the checkpoint gave no weights: heads of another size, and what only training needs.</returns>
    /// <remarks>Everything is checked first: a file that is refused leaves the network as it was.</remarks>
    /// <exception cref="WeightMismatchException">A weight is missing, misshapen, or belongs to nothing.</exception>
    /// <exception cref="WeightsFileException">A weight is not of floating-point numbers.</exception>
    public static IReadOnlyList<string> Load(Block network, ImageModel architecture, Checkpoint checkpoint, bool replaceHead)
    {
        using var untracked = no_grad();
        var found = Translate(checkpoint, architecture);
        var (missing, misshapen, left) = (new List<string>(), new List<string>(), new SortedSet<string>(StringComparer.Ordinal));
        var matches = new List<(Tensor Weight, StoredTensor Stored)>();
        foreach (var (key, weight) in network.state_dict().Where(entry => !entry.Key.EndsWith(StepCounter, StringComparison.Ordinal)))
        {
            var isFound = found.Remove(key, out var stored);
            if (isFound && Fits(stored!.Shape, weight.shape))
            {
                matches.Add((weight, stored));
            }
            else if (isFound ? replaceHead && IsHead(key, architecture) && IsOtherClassCount(stored!.Shape, weight.shape) : IsTrainingOnly(key, architecture))
            {
                left.Add(LayerOf(key));
            }
            else if (isFound)
            {
                misshapen.Add($"{key} is [{string.Join(", ", stored!.Shape)}], needs [{string.Join(", ", weight.shape)}]");
            }
            else
            {
                missing.Add(key);
            }
        }

        var unexpected = found.Keys.Where(key => !IsTrainingOnly(key, architecture)).ToList();
        if (missing.Count + misshapen.Count + unexpected.Count > 0)
        {
            throw new WeightMismatchException(
                checkpoint.Path, architecture.Name, missing, unexpected, misshapen, Remedy(checkpoint, architecture));
        }

        matches.ForEach(match => match.Stored.RequireFloatingPoint());
        foreach (var (weight, stored) in matches)
        {
            stored.CopyTo(MemoryMarshal.Cast<byte, float>(weight.bytes));
        }

        return [.. left];
    }

    /// <summary>Number of classes that a checkpoint's last layer tells apart, or null where it has no such layer.</summary>
    public static int? ClassesOf(Checkpoint checkpoint, ImageModel architecture) =>
        Translate(checkpoint, architecture).TryGetValue($"{architecture.Head}.weight", out var head) && head.Shape is [<= MostClasses and var classes, ..]
            ? (int)classes
            : null;

    private static Dictionary<string, StoredTensor> Translate(Checkpoint checkpoint, ImageModel architecture)
    {
        var names = checkpoint.Tensors
            .Where(entry => !entry.Key.EndsWith(StepCounter, StringComparison.Ordinal))
            .Select(entry => (Name: entry.Key, Key: WeightNames.Translate(entry.Key, architecture), Tensor: entry.Value))
            .ToLookup(entry => entry.Name == entry.Key);
        var translated = names[true].ToDictionary(entry => entry.Key, entry => entry.Tensor, StringComparer.Ordinal);
        foreach (var (name, key, tensor) in names[false])
        {
            // Of two names for one weight the second keeps its own, and so shows as unexpected.
            translated.Add(translated.ContainsKey(key) ? name : key, tensor);
        }

        return translated;
    }

    /// <summary>Equal shapes; a 1×1 convolution may stand for a linear layer, and flattened inputs for unflattened ones.</summary>
    private static bool Fits(long[] shape, long[] expected) =>
        shape.SequenceEqual(expected)
        || (shape is [var rows, ..] && rows == expected[0] && (shape.Length == 2 || expected.Length == 2)
            && shape.Length > 1 && expected.Length > 1 && Product(shape) == Product(expected));

    private static bool IsOtherClassCount(long[] shape, long[] expected) =>
        shape.Length == expected.Length && shape.AsSpan(1).SequenceEqual(expected.AsSpan(1));

    private static bool IsHead(string key, ImageModel architecture) =>
        LayerOf(key) is var layer && (layer == architecture.Head || IsTrainingOnly(key, architecture));

    private static bool IsTrainingOnly(string key, ImageModel architecture) =>
        architecture.TrainingOnly.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    private static string LayerOf(string key) => key[..key.LastIndexOf('.')];

    private static long Product(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>Names the architectures that the weights do fit, if there are any.</summary>
    private static string Remedy(Checkpoint checkpoint, ImageModel asked)
    {
        var fitting = ImageModels.All.Where(model => model != asked && FitsWhole(checkpoint, model)).Select(model => model.Name).ToList();
        return fitting.Count > 0
            ? $"They fit {string.Join(" and ", fitting)}."
            : "Choose the architecture that they were trained in.";
    }

    private static bool FitsWhole(Checkpoint checkpoint, ImageModel architecture)
    {
        if (ClassesOf(checkpoint, architecture) is not (>= 2 and var classes))
        {
            return false;
        }

        using var scope = NewDisposeScope();    // TorchSharp's Conv2d leaves its bias alive when it is disposed
        using var network = architecture.Network(classes);
        var found = Translate(checkpoint, architecture);
        return network.state_dict().Where(entry => !entry.Key.EndsWith(StepCounter, StringComparison.Ordinal))
                .All(entry => found.Remove(entry.Key, out var stored) && Fits(stored.Shape, entry.Value.shape))
            && found.Keys.All(key => IsTrainingOnly(key, architecture));
    }
}
