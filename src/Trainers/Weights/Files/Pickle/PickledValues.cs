using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>A dictionary as a pickle fills it; later pairs replace earlier ones of the same key.</summary>
/// <remarks>Keys are not looked at while reading, so that a crafted file cannot make hashing slow.</remarks>
internal sealed class PickledDictionary
{
    private List<KeyValuePair<object?, object?>>? _pairs;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? [];

    public void Add(object? key, object? value) => (_pairs ??= []).Add(new(key, value));
}

/// <summary>A plain value that cannot hold tensors, such as bytes or a set; what it was is not kept.</summary>
internal sealed class PickledLeaf
{
    public static readonly PickledLeaf Instance = new();

    private PickledLeaf()
    {
    }
}

/// <summary>
/// What only Python could make: a class or function that is not known here, or what a call of it would give. Nothing is run for it, and
/// what the pickle puts into it afterwards lies in it as it was written.
/// </summary>
/// <param name="name">Module and name of the class or function.</param>
internal sealed class PickledInert(string name)
{
    public string Name { get; } = name;

    /// <summary>What was set on it by key, as on a dictionary of a class of its own.</summary>
    public PickledDictionary? Items { get; private set; }

    /// <summary>Its attributes, mostly a dictionary.</summary>
    public object? State { get; set; }

    public void Add(object? key, object? value) => (Items ??= new PickledDictionary()).Add(key, value);
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
