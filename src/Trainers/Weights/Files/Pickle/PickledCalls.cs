using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>Carries out the calls in a pickle: dictionaries, storages and tensors, as descriptions. Everything else stays inert.</summary>
/// <param name="file">The file, for error messages.</param>
/// <param name="mostCopies">
/// Largest number of values that may be copied in all. Each value written in a pickle takes at least one byte. So a pickle that copies more
/// values than it has bytes must copy the same ones repeatedly.
/// </param>
internal sealed class PickledCalls(MappedFile file, int mostCopies)
{
    // The arguments that decide what a function makes; after them come a tensor's gradient flag and its hooks.
    private const int DecidingArguments = 4;

    private readonly Dictionary<string, PickledStorage> _storages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unknownStorages = new(StringComparer.Ordinal);
    private long _copies;

    /// <summary>The storages referred to, by key; the first reference to each.</summary>
    public IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    /// <summary>The type names of storages whose type is not known, by key.</summary>
    public IReadOnlyDictionary<string, string> UnknownStorages => _unknownStorages;

    /// <summary>The result of a function; inert if the function or its arguments are.</summary>
    public object? Call(object? function, object? arguments) => InertIn(function, arguments) is { } inert
        ? new PickledInert(inert.Name)
        : (function, arguments) switch
        {
            (PickledFunction.OrderedDict, object?[] and []) => new PickledDictionary(),
            (PickledFunction.OrderedDict, object?[] and [List<object?> pairs]) => OrderedDict(pairs),
            (PickledFunction.Set, _) => PickledLeaf.Instance,
            (PickledFunction.TensorClass, _) => new PickledInert("torch.Tensor"),
            (PickledFunction.RebuildFromType, object?[] and [PickledFunction inner, PickledFunction.TensorClass, object?[] parts, ..]) =>
                InertIn(null, parts) is { } part ? new PickledInert(part.Name) : Rebuild(inner, parts),
            (PickledFunction known, object?[] parts) => Rebuild(known, parts),
            _ => throw file.Damaged(PickleStack.Malformed),
        };

    /// <summary>Resolves a persistent id: a storage, or in old files the class of a module.</summary>
    public object? Storage(object? id)
    {
        switch (id)
        {
            case PickledInert inert:
                return inert;
            case object?[] and ["module", var module, ..]:
                return module;
            case object?[] and ["storage", PickledInert type, string key, ..]:
                SpendCopies(key.Length);
                _unknownStorages.TryAdd(key, type.Name);
                return type;
            case object?[] and ["storage", ElementType elements, string name, string, long count, .. var rest]:
                SpendCopies(name.Length);
                var storage = new PickledStorage(elements, name, count, View(rest));
                _storages.TryAdd(name, storage);
                return storage;
            default:
                throw file.Damaged(PickleStack.Malformed);
        }
    }

    private object? Rebuild(PickledFunction function, object?[] parts) => (function, parts) switch
    {
        (PickledFunction.Size, [object?[] sizes]) => sizes,
        (PickledFunction.RebuildParameter, [PickledTensor data, ..]) => data,
        (PickledFunction.RebuildTensor, [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]) =>
            new PickledTensor(storage, offset, Numbers(shape), Numbers(strides)),
        _ => throw file.Damaged(PickleStack.Malformed),
    };

    private static PickledInert? InertIn(object? function, object? arguments) =>
        function as PickledInert
        ?? arguments as PickledInert
        ?? (arguments as object?[])?.Take(DecidingArguments).OfType<PickledInert>().FirstOrDefault();

    private PickledStorageView? View(ReadOnlySpan<object?> rest) => rest switch
    {
        [] or [null] => null,
        [object?[] and [string, long offset, long length]] => new PickledStorageView(offset, length),
        _ => throw file.Damaged(PickleStack.Malformed),
    };

    /// <summary>Python 2 writes an ordered dictionary as a list of pairs.</summary>
    private PickledDictionary OrderedDict(List<object?> pairs)
    {
        SpendCopies(pairs.Count);
        var dictionary = new PickledDictionary();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                List<object?> { Count: 2 } list => (list[0], list[1]),
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                _ => throw file.Damaged(PickleStack.Malformed),
            };
            dictionary.Add(key, value);
        }

        return dictionary;
    }

    private long[] Numbers(object?[] tuple)
    {
        SpendCopies(tuple.Length);
        return Array.ConvertAll(tuple, value => value is long number ? number : throw file.Damaged(PickleStack.Malformed));
    }

    private void SpendCopies(int count)
    {
        _copies += count;
        if (_copies > mostCopies)
        {
            throw file.Damaged("its pickle repeats itself too often");
        }
    }
}
