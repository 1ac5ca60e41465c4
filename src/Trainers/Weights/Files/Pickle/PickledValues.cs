namespace Trainers.Weights;

/// <summary>A dictionary as a pickle fills it; later pairs replace earlier ones of the same key.</summary>
/// <remarks>Keys are not looked at while reading, so that a crafted file cannot make hashing slow.</remarks>
internal sealed class PickledDictionary
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? [];

    public void Add(object? key, object? value) => (_pairs ??= []).Add(new(key, value));
}

/// <summary>A storage that a pickle refers to; its bytes lie elsewhere in the file.</summary>
/// <param name="Type">What its elements are.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="View">The part of it that is meant; null for all.</param>
internal sealed record PickledStorage(ElementType Type, string Key, long Count, PickledStorageView? View);

/// <summary>A part of a storage, in elements.</summary>
internal sealed record PickledStorageView(long Offset, long Count);

/// <summary>A tensor as a pickle describes it; whether it lies within its storage is not known yet.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
