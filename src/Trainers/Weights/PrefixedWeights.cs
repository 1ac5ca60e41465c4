using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>The weights of a file whose paths have the same prefix, by the network's names.</summary>
internal sealed class PrefixedWeights
{
    private readonly NetworkShapes _network;
    private readonly OrderedDictionary<string, SavedTensor> _weights = new(StringComparer.Ordinal);

    /// <param name="network">The network.</param>
    /// <param name="saved">The tensors of the file.</param>
    /// <param name="prefix">The beginning: empty, or up to a dot.</param>
    public PrefixedWeights(NetworkShapes network, IReadOnlyList<SavedTensor> saved, string prefix)
    {
        (_network, Prefix) = (network, prefix);
        var names = saved
            .Where(tensor => tensor.Path.StartsWith(prefix, StringComparison.Ordinal) && !NetworkShapes.IsCounter(tensor.Path))
            .Select(tensor => (Name: tensor.Path[prefix.Length..], Tensor: tensor))
            .Select(entry => (entry.Name, Key: WeightNames.Translate(entry.Name, network.Architecture), entry.Tensor))
            .ToLookup(entry => entry.Name == entry.Key);
        foreach (var (name, _, tensor) in names[true])
        {
            _weights[name] = tensor;
        }

        foreach (var (name, key, tensor) in names[false])
        {
            // Of two names for one weight the second keeps its own, and so shows as unexpected.
            _weights.TryAdd(_weights.ContainsKey(key) ? name : key, tensor);
        }

        if (!_weights.ContainsKey($"{Head}.weight"))
        {
            FindHead(saved);
        }
    }

    /// <summary>What stands before the network's names.</summary>
    public string Prefix { get; }

    /// <summary>The tensors by the network's names; those that it lacks keep theirs.</summary>
    public IReadOnlyDictionary<string, SavedTensor> Weights => _weights;

    /// <summary>Layers with weights where the network's last layer should be, in order, if there are several.</summary>
    public IReadOnlyList<string> HeadLayers { get; private set; } = [];

    /// <summary>Whether all of the network's weights are there with fitting shapes, and none that belong to another network.</summary>
    public bool IsComplete =>
        _network.Weights.Keys.All(name => _weights.TryGetValue(name, out var saved) && _network.Fits(name, saved.Tensor.Shape))
        && !Unexpected.Any();

    /// <summary>Names within the network's parts that it lacks.</summary>
    public IEnumerable<string> Unexpected => _weights.Keys.Where(name => IsExtra(name) && IsWithin(name));

    /// <summary>Tensors beside the network's parts: a loss's weights, a metric's counts.</summary>
    public IEnumerable<SavedTensor> Companions => _weights
        .Where(entry => IsExtra(entry.Key) && !IsWithin(entry.Key))
        .Select(entry => entry.Value);

    private string Head => _network.Architecture.Head;

    private bool IsWithin(string name) => _network.HasPart(WeightNames.Translate(name, _network.Architecture));

    private bool IsExtra(string name) => !_network.Weights.ContainsKey(name) && !_network.Architecture.IsTrainingOnly(name);

    /// <summary>
    /// Finds the last layer if it has another name: it is the only remaining layer with weights in a part of its own, such as a Sequential
    /// of dropout and a linear layer. It may be under the prefix or, if a backbone and its head are two fields, beside it.
    /// </summary>
    private void FindHead(IReadOnlyList<SavedTensor> saved)
    {
        if (TakeHead(_weights.Where(entry => IsExtra(entry.Key)).ToList()))
        {
            return;
        }

        for (var around = Outer(Prefix); around is not null; around = Outer(around))
        {
            var inner = NetworkShapes.TopOf(Prefix[around.Length..]);
            if (TakeHead(saved
                .Where(tensor => tensor.Path.StartsWith(around, StringComparison.Ordinal))
                .Select(tensor => KeyValuePair.Create(tensor.Path[around.Length..], tensor))
                .Where(entry => NetworkShapes.TopOf(entry.Key) != inner).ToList()))
            {
                return;
            }
        }
    }

    private bool TakeHead(IReadOnlyList<KeyValuePair<string, SavedTensor>> left)
    {
        var parts = left.Where(entry => NetworkShapes.LayerOf(entry.Key).Length > 0)
            .GroupBy(entry => NetworkShapes.TopOf(entry.Key)).Select(part => part.ToList()).ToList();
        var named = parts.Where(part => WeightNames.IsOfHead(part[0].Key, _network.Architecture)).ToList();
        HeadLayers = HeadLayers.Count > 0 ? HeadLayers : named.Select(LayersOf).FirstOrDefault(layers => layers.Count > 1) ?? [];
        var fitting = named.Any(IsHead) ? named : parts;
        if (fitting.Where(IsHead).ToList() is not [var head])
        {
            return false;
        }

        foreach (var (name, tensor) in head)
        {
            _weights.Remove(name);
            _weights[InHead(name)] = tensor;
        }

        return true;
    }

    private bool IsHead(List<KeyValuePair<string, SavedTensor>> part) =>
        LayersOf(part).Count == 1
        && part.Select(entry => InHead(entry.Key)).ToHashSet()
            .SetEquals(_network.Weights.Keys.Where(name => NetworkShapes.LayerOf(name) == Head))
        && part.All(entry => _network.Fits(InHead(entry.Key), entry.Value.Tensor.Shape));

    private string InHead(string name) => Head + name[name.LastIndexOf('.')..];

    private static List<string> LayersOf(List<KeyValuePair<string, SavedTensor>> part) =>
        [.. part.Select(entry => NetworkShapes.LayerOf(entry.Key)).Distinct()];

    /// <summary>The prefix around a prefix; null around none.</summary>
    private static string? Outer(string prefix) => prefix.Length == 0 ? null : prefix[..(prefix.LastIndexOf('.', prefix.Length - 2) + 1)];
}
