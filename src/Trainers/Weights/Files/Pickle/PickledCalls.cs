namespace Trainers.Weights;

/// <summary>Carries out what a pickle may ask for: dictionaries, storages and tensors, as descriptions.</summary>
/// <param name="file">The file, for sentences about what is wrong.</param>
/// <param name="mostCopies">
/// Values that may be copied altogether. A value that is written down takes a byte of the pickle at least; to copy more than
/// there are, a pickle must ask for the same ones over and over.
/// </param>
internal sealed class PickledCalls(MappedFile file, int mostCopies)
{
    private readonly Dictionary<string, PickledStorage> _storages = new(StringComparer.Ordinal);
    private long _copies;

    /// <summary>The storages that were referred to, by key; of several references the first.</summary>
    public IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    /// <summary>The result of a function, given with its arguments as a pickle leaves them on the stack.</summary>
    public object? Call(object?[] call) => call switch
    {
        [PickledFunction.OrderedDict, object?[] and []] => new PickledDictionary(),
        [PickledFunction.OrderedDict, object?[] and [List<object?> pairs]] => OrderedDict(pairs),
        [PickledFunction.Size, object?[] and [object?[] sizes]] => sizes,
        [PickledFunction.RebuildParameter, object?[] and [PickledTensor data, ..]] => data,
        [PickledFunction.RebuildTensor, object?[] and [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]] =>
            new PickledTensor(storage, offset, Numbers(shape), Numbers(strides)),
        _ => throw file.Damaged(PickleStack.Malformed),
    };

    /// <summary>The storage that a persistent id describes.</summary>
    public PickledStorage Storage(object? id)
    {
        if (id is not object?[] parts || parts is not ["storage", ElementType type, string key, string, long count, .. var rest])
        {
            throw file.Damaged(PickleStack.Malformed);
        }

        SpendCopies(key.Length);
        var view = rest switch
        {
            [] or [null] => null,
            [object?[] and [string, long offset, long length]] => new PickledStorageView(offset, length),
            _ => throw file.Damaged(PickleStack.Malformed),
        };
        var storage = new PickledStorage(type, key, count, view);
        _storages.TryAdd(key, storage);
        return storage;
    }

    /// <summary>Python 2 writes an ordered dictionary as a list of its pairs.</summary>
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
            throw file.Damaged("its pickle repeats itself beyond reason");
        }
    }
}
