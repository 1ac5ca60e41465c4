using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>Of all tensors in a file, the set of weights that fits a network best.</summary>
/// <remarks>
/// Scripts add all kinds of prefixes to a network's names, and save other things beside it. So the prefix is searched for: it is any
/// beginning of a path, up to a dot, after which the network's own names follow. Complete sets are preferred, and among them averaged ones.
/// </remarks>
internal sealed class FittedWeights
{
    /// <summary>The key for the top level of the file.</summary>
    public const string TopKey = ".";

    // Deeper than any script nests, and small enough that long names cost little.
    private const int MostParts = 12;
    private const int MostCandidates = 64;

    // Best first: names that scripts give to the weights beside the epoch and the optimizer's state. Others keep the file's order.
    private static readonly string[] UsualKeys =
        ["state_dict", "model_state_dict", "model", "net", "network", "params", "params_ema", "weights"];

    private readonly PrefixedWeights _chosen;
    private readonly IReadOnlyList<PrefixedWeights> _complete;

    private FittedWeights(WeightsFile checkpoint, NetworkShapes network, PrefixedWeights chosen, IReadOnlyList<PrefixedWeights> complete)
    {
        (Checkpoint, Network, _chosen, _complete) = (checkpoint, network, chosen, complete);
        IsAveraged = AveragedWeights.Are(chosen.Prefix, checkpoint);
    }

    /// <summary>The file.</summary>
    public WeightsFile Checkpoint { get; }

    /// <summary>The network's names and shapes.</summary>
    public NetworkShapes Network { get; }

    /// <summary>The weights by the network's names; those that are missing keep their values.</summary>
    public IReadOnlyDictionary<string, SavedTensor> Weights => _chosen.Weights;

    /// <inheritdoc cref="PrefixedWeights.Unexpected"/>
    public IEnumerable<string> Unexpected => _chosen.Unexpected;

    /// <inheritdoc cref="PrefixedWeights.HeadLayers"/>
    public IReadOnlyList<string> HeadLayers => _chosen.HeadLayers;

    /// <summary>Whether all of the network's weights are there, and none that belong to another network.</summary>
    public bool AreComplete => _chosen.IsComplete;

    /// <summary>Whether they are an average over the training.</summary>
    public bool IsAveraged { get; }

    /// <summary>Where they are in the file.</summary>
    public string Key => KeyOf(_chosen.Prefix);

    /// <summary>Where complete sets of weights are, including this one.</summary>
    public IReadOnlyList<string> CompleteKeys => [.. _complete.Select(weights => KeyOf(weights.Prefix))];

    /// <summary>Finds the weights of a network.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="architecture">The network's architecture.</param>
    /// <param name="key">Where they are, or a part of that path; null searches everywhere.</param>
    /// <exception cref="WeightsFileException">There is nothing under the key.</exception>
    public static FittedWeights Choose(WeightsFile checkpoint, ImageModel architecture, string? key = null) =>
        Choose(checkpoint, NetworkShapes.Of(architecture, checkpoint.HasClassifier), key);

    /// <summary>The same for a network that is already described.</summary>
    internal static FittedWeights Choose(WeightsFile checkpoint, NetworkShapes network, string? key = null)
    {
        var counts = CountNames(checkpoint, network);
        var order = checkpoint.Saved.Select(saved => saved.Dictionary).Concat(counts.Keys).Distinct().Index()
            .ToDictionary(item => item.Item, item => item.Index);
        var best = counts.Keys
            .OrderBy(prefix => AveragedWeights.Are(prefix, checkpoint) ? 0 : 1)
            .ThenBy(prefix => Array.IndexOf(UsualKeys, NetworkShapes.TopOf(prefix)) is >= 0 and var place ? place : UsualKeys.Length)
            .ThenBy(prefix => order[prefix])
            .ToList();

        // A last layer with another name may still be missing: its weights and bias.
        var complete = best.Where(prefix => counts[prefix] >= network.Weights.Count - 2).Take(MostCandidates)
            .Select(prefix => new PrefixedWeights(network, checkpoint.Saved, prefix))
            .Where(weights => weights.IsComplete).ToList();
        if (key is null)
        {
            return Of(complete.FirstOrDefault(), best);
        }

        var asked = complete.FirstOrDefault(weights => KeyOf(weights.Prefix) == key)
            ?? complete.FirstOrDefault(weights => IsUnder(weights.Prefix, key));
        if (asked is null && !checkpoint.Saved.Any(saved => IsUnder(saved.Path, key)))
        {
            var known = complete.Count > 0
                ? complete.Select(weights => weights.Prefix) : checkpoint.Saved.Select(saved => saved.Dictionary).Distinct();
            throw checkpoint.Refused(
                $"it has no weights under {MappedFile.Quote(key)}; they are under {ShortList.Of(KeysOf(known))}, "
                + "so leave WeightsKey (--weights-key) out, or set it to one of these");
        }

        return Of(asked, best.Where(prefix => IsUnder(prefix, key)));

        // Of incomplete sets, those that lack the fewest weights.
        FittedWeights Of(PrefixedWeights? chosen, IEnumerable<string> otherwise) => new(
            checkpoint, network,
            chosen ?? new(network, checkpoint.Saved, otherwise.MaxBy(prefix => counts[prefix]) ?? LargestDictionary(checkpoint, key)),
            complete);
    }

    /// <summary>Logs which weights were chosen, and what was left out.</summary>
    public void Log(ILogger logger)
    {
        WeightsLog.Opened(logger, Checkpoint.Path, Counted.Of(CountTensors(), "tensor"), Where());
        if (AreComplete && _complete.Count > 1)
        {
            var keys = ShortList.Of(KeysOf(_complete.Select(weights => weights.Prefix)));
            WeightsLog.Chosen(logger, keys, MappedFile.Clean(Key), IsAveraged ? ", the averaged ones" : "");
        }

        if (AreComplete && LeftOut() is { Count: > 0 } left)
        {
            WeightsLog.LeftOut(logger, ShortList.Of(left));
        }

        // Includes step counters and the like, and a last layer stored elsewhere.
        int CountTensors() => Checkpoint.Saved
            .Where(saved => saved.Path.StartsWith(_chosen.Prefix, StringComparison.Ordinal))
            .Union(Weights.Values).Count();

        string Where() => _chosen.Prefix.Length > 0 ? $" under {MappedFile.Quote(Key)}" : "";
    }

    /// <summary>A short list of what the network does not use: names, and the number of tensors in other dictionaries.</summary>
    public IReadOnlyList<string> LeftOut()
    {
        var named = _complete.Prepend(_chosen).SelectMany(weights => weights.Weights.Values.Except(weights.Companions)).ToHashSet();
        var dictionaries = _chosen.Weights.Values.Select(saved => saved.Dictionary).ToHashSet();
        var left = Checkpoint.Saved
            .Where(saved => !named.Contains(saved) && !NetworkShapes.IsCounter(saved.Path))
            .ToLookup(saved => dictionaries.Contains(saved.Dictionary));
        return
        [
            .. left[true].Select(saved => saved.Name),
            .. left[false].GroupBy(saved => NetworkShapes.TopOf(saved.Path))
                .Select(part => part.Count() == 1 ? part.Single().Path : $"{part.Key} ({part.Count()} tensors)"),
            .. Checkpoint.Inert.Select(entry => $"{NetworkShapes.TopOf(entry.Path)} ({entry.Global})").Distinct(),
        ];
    }

    /// <summary>What is in the file in place of one of these weights; null for nothing.</summary>
    public InertEntry? InertInPlaceOf(IReadOnlyCollection<string> missing) => Checkpoint.Inert
        .Where(entry => entry.Path.StartsWith(_chosen.Prefix, StringComparison.Ordinal))
        .FirstOrDefault(entry => missing.Contains(WeightNames.Translate(entry.Path[_chosen.Prefix.Length..], Network.Architecture)));

    /// <summary>For each beginning of a path, how many of the network's names follow it.</summary>
    private static Dictionary<string, int> CountNames(WeightsFile checkpoint, NetworkShapes network)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in checkpoint.Saved.Select(saved => saved.Path).Where(path => !NetworkShapes.IsCounter(path)))
        {
            var start = 0;
            for (var parts = 0; parts < MostParts && start < path.Length; parts++)
            {
                if (network.Weights.ContainsKey(WeightNames.Translate(path[start..], network.Architecture)))
                {
                    counts[path[..start]] = counts.GetValueOrDefault(path[..start]) + 1;
                }

                var dot = path.IndexOf('.', start);
                start = dot < 0 ? path.Length : dot + 1;
            }
        }

        return counts;
    }

    private static string LargestDictionary(WeightsFile checkpoint, string? key) => checkpoint.Saved
        .Where(saved => key is null || IsUnder(saved.Path, key))
        .CountBy(saved => saved.Dictionary).MaxBy(count => count.Value).Key ?? "";

    private static List<string> KeysOf(IEnumerable<string> prefixes) => [.. prefixes.Select(prefix => MappedFile.Quote(KeyOf(prefix)))];

    private static string KeyOf(string prefix) => prefix.Length == 0 ? TopKey : prefix[..^1];

    /// <summary>Whether a key matches a path, from the top or from a level below.</summary>
    private static bool IsUnder(string path, string key) =>
        key == TopKey || path.StartsWith(key + ".", StringComparison.Ordinal) || path.Contains($".{key}.", StringComparison.Ordinal);
}
