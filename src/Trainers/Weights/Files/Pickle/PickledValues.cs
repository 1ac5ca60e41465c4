using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>A dictionary that a pickle fills; a later pair replaces an earlier one with the same key.</summary>
/// <remarks>Keys are not hashed while reading, so a crafted file cannot make hashing slow.</remarks>
internal sealed class PickledDictionary
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? [];

    public void Add(object? key, object? value) => (_pairs ??= []).Add(new(key, value));
}

/// <summary>A plain value that cannot contain tensors, such as bytes or a set; its content is not kept.</summary>
internal sealed class PickledLeaf
{
    public static readonly PickledLeaf Instance = new();

    private PickledLeaf()
    {
    }
}

/// <summary>
/// A value that only Python could make: an unknown class or function, or the result of calling one. Nothing is run for it. What the pickle
/// later adds to it is kept as it was written.
/// </summary>
/// <param name="name">Module and name of the class or function.</param>
internal sealed class PickledInert(string name)
{
    public string Name { get; } = name;

    /// <summary>Items set on it by key, as on a dictionary subclass.</summary>
    public PickledDictionary? Items { get; private set; }

    /// <summary>Its attributes, usually a dictionary.</summary>
    public object? State { get; set; }

    public void Add(object? key, object? value) => (Items ??= new PickledDictionary()).Add(key, value);
}

/// <summary>A storage that a pickle refers to; its bytes are elsewhere in the file.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="View">The part that is referred to; null for all.</param>
internal sealed record PickledStorage(ElementType Type, string Key, long Count, PickledStorageView? View);

/// <summary>A part of a storage, in elements.</summary>
internal sealed record PickledStorageView(long Offset, long Count);

/// <summary>A tensor as a pickle describes it; not yet checked against its storage.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
