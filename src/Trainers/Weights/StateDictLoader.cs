using System.Runtime.InteropServices;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using static TorchSharp.torch;

namespace MLVision.Trainers.Weights;

/// <summary>Copies a checkpoint's weights into a network, by name.</summary>
internal static class StateDictLoader
{
    // Far above every data set; a crafted file must not make the reader number billions of classes.
    private const int MostClasses = 1_000_000;

    /// <summary>Loads all weights that the network has.</summary>
    /// <param name="network">A network of the architecture that the weights were searched for, on the CPU.</param>
    /// <param name="fitted">The weights.</param>
    /// <param name="replaceHead">Whether the network keeps its own last layer if the weights have another number of classes.</param>
    /// <returns>
    /// Layers that got no weights from the checkpoint: heads that it lacks or has in another size, and layers that only training needs.
    /// </returns>
    /// <remarks>Names, shapes and types are checked before the network is changed; values are checked while they are copied.</remarks>
    /// <exception cref="WeightMismatchException">A weight is missing, has another shape, or belongs to no layer.</exception>
    /// <exception cref="WeightsFileException">A weight is not floating-point, or some values are NaN or infinite.</exception>
    public static IReadOnlyList<string> Load(Block network, FittedWeights fitted, bool replaceHead)
    {
        using var untracked = no_grad();
        var architecture = fitted.Network.Architecture;
        var (missing, misshapen, left) = (new List<string>(), new List<string>(), new SortedSet<string>(StringComparer.Ordinal));
        var matches = new List<(string Key, Tensor Weight, SavedTensor Saved)>();
        foreach (var (key, weight) in network.state_dict().Where(entry => !NetworkShapes.IsCounter(entry.Key)))
        {
            var isFound = fitted.Weights.TryGetValue(key, out var saved);
            if (isFound && NetworkShapes.Fits(saved!.Tensor.Shape, weight.shape))
            {
                matches.Add((key, weight, saved));
            }
            else if (isFound
                ? replaceHead && IsHead(key, architecture) && IsOtherClassCount(saved!.Tensor.Shape, weight.shape)
                : architecture.IsTrainingOnly(key) || (replaceHead && !fitted.Checkpoint.HasClassifier && IsHead(key, architecture)))
            {
                left.Add(NetworkShapes.LayerOf(key));
            }
            else if (isFound)
            {
                misshapen.Add($"{key} is [{string.Join(", ", saved!.Tensor.Shape)}], needs [{string.Join(", ", weight.shape)}]");
            }
            else
            {
                missing.Add(key);
            }
        }

        RequireFit(fitted, missing, misshapen);
        matches.ForEach(match => match.Saved.Tensor.RequireFloatingPoint());
        foreach (var (key, weight, saved) in matches)
        {
            var values = MemoryMarshal.Cast<byte, float>(weight.bytes);
            saved.Tensor.CopyTo(values);
            WeightValues.Require(fitted.Checkpoint, saved.Name, key, values);
        }

        return [.. left];
    }

    /// <summary>Number of classes of a checkpoint's last layer, or null if it has no such layer.</summary>
    public static int? ClassesOf(FittedWeights fitted) =>
        fitted.Weights.TryGetValue($"{fitted.Network.Architecture.Head}.weight", out var head)
        && head.Tensor.Shape is [> 0 and <= MostClasses and var classes, ..]
            ? (int)classes
            : null;

    private static void RequireFit(FittedWeights fitted, List<string> missing, List<string> misshapen)
    {
        if (fitted.InertInPlaceOf(missing.ToHashSet()) is { } inert)
        {
            throw fitted.Checkpoint.Refused(
                $"its tensor {MappedFile.Quote(inert.Path)} depends on {MappedFile.Quote(inert.Global)}, "
                + "and nothing in a checkpoint is run; save it as a plain tensor");
        }

        var unexpected = fitted.Unexpected.ToList();
        if (missing.Count + misshapen.Count + unexpected.Count > 0)
        {
            throw new WeightMismatchException(
                fitted.Checkpoint.Path, fitted.Network.Architecture.Name, missing, unexpected, misshapen, Remedy(fitted, missing));
        }
    }

    private static bool IsOtherClassCount(long[] shape, long[] expected) =>
        shape.Length == expected.Length && shape.AsSpan(1).SequenceEqual(expected.AsSpan(1));

    private static bool IsHead(string key, ImageModel architecture) =>
        NetworkShapes.LayerOf(key) == architecture.Head || architecture.IsTrainingOnly(key);

    /// <summary>Names the architectures that the weights fit, if any, or says that their head has several layers.</summary>
    private static string Remedy(FittedWeights fitted, List<string> missing)
    {
        var asked = fitted.Network.Architecture;
        if (fitted.HeadLayers.Count > 1 && missing.Count > 0 && missing.All(name => NetworkShapes.LayerOf(name) == asked.Head))
        {
            return $"Their head has several layers ({ShortList.Of(fitted.HeadLayers)}), and {asked.Name} ends in a single one: "
                + "train with a single linear layer, or take the weights from before this head was added.";
        }

        if (fitted.CompleteKeys.Count > 0)
        {
            return $"Weights that fit are under {ShortList.Of(fitted.CompleteKeys)}: leave WeightsKey (--weights-key) out, or set it to " +
                "one of these.";
        }

        var others = ImageModels.All.Where(model => model != asked);
        var fitting = others.Where(model => FitsWhole(fitted.Checkpoint, model)).Select(model => model.Name).ToList();
        return fitting.Count > 0
            ? $"They fit {string.Join(" and ", fitting)}."
            : "Choose the architecture that they were trained with.";
    }

    /// <summary>Whether a file holds all weights of an architecture, and a last layer where one is expected.</summary>
    public static bool FitsWhole(WeightsFile checkpoint, ImageModel architecture) =>
        FittedWeights.Choose(checkpoint, architecture) is { AreComplete: true } fitted
        && (ClassesOf(fitted) >= 2 || !checkpoint.HasClassifier);
}
