namespace Trainers.Weights;

/// <summary>Finds the state dictionary in what was saved, and its names as the model knows them.</summary>
internal static class StateDictionary
{
    // Best first. Training scripts save a dictionary with one of these beside the epoch and the optimizer's state.
    private static readonly string[] Wrappers =
        ["state_dict", "model_state_dict", "model", "net", "network", "params", "params_ema", "weights"];

    private const string NoTensors = "it holds no dictionary of tensors; save model.state_dict()";

    // What DataParallel, torch.compile and scripts that keep the network in a field put before every name.
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model."];

    /// <summary>The tensors of the dictionary that was saved, or of the one in it that holds the model's.</summary>
    /// <exception cref="WeightsFileException">There are none.</exception>
    public static OrderedDictionary<string, PickledTensor> Find(MappedFile file, object? saved)
    {
        var root = saved as PickledDictionary ?? throw file.Refused(NoTensors);
        var wrapped = new PickledDictionary?[Wrappers.Length];
        foreach (var (key, value) in root.Pairs)
        {
            if (key is string name && Array.IndexOf(Wrappers, name) is >= 0 and var place)
            {
                wrapped[place] = value as PickledDictionary;
            }
        }

        var chosen = wrapped.FirstOrDefault(inner => inner is not null && HasTensors(inner)) ?? root;
        return HasTensors(chosen) ? Tensors(file, chosen) : throw file.Refused(NoTensors);
    }

    /// <summary>The names without the prefixes that all of them have.</summary>
    public static OrderedDictionary<string, T> WithoutPrefixes<T>(OrderedDictionary<string, T> tensors)
    {
        // Each may stand around the others, as in 'module._orig_mod.'.
        for (var round = 0; round < Prefixes.Length; round++)
        {
            var prefix = Prefixes.FirstOrDefault(prefix =>
                tensors.Keys.All(name => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)));
            if (prefix is null || tensors.Count == 0)
            {
                break;
            }

            tensors = new(tensors.Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value)), StringComparer.Ordinal);
        }

        return tensors;
    }

    private static bool HasTensors(PickledDictionary dictionary) => dictionary.Pairs.Any(pair => pair.Value is PickledTensor);

    private static OrderedDictionary<string, PickledTensor> Tensors(MappedFile file, PickledDictionary dictionary)
    {
        var tensors = new OrderedDictionary<string, PickledTensor>(StringComparer.Ordinal);
        long nameLengths = 0;
        foreach (var (key, value) in dictionary.Pairs)
        {
            if (key is not string name || value is not PickledTensor tensor)
            {
                continue;
            }

            // Each name stands in the file; one long name over and over would make hashing slow.
            nameLengths += name.Length;
            tensors[name] = nameLengths <= file.Length ? tensor : throw file.Damaged("its names are longer than the file");
        }

        return tensors;
    }
}
