namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>A tensor of a file, and its full name.</summary>
/// <param name="Path">The keys of all enclosing dictionaries and its own name, joined by dots: <c>state_dict.fc.weight</c>.</param>
/// <param name="NameStart">Where in the path its own name begins.</param>
/// <param name="Tensor">The tensor.</param>
internal sealed record SavedTensor(string Path, int NameStart, StoredTensor Tensor)
{
    /// <summary>Its name in the dictionary that holds it.</summary>
    public string Name => Path[NameStart..];

    /// <summary>The path of that dictionary: empty, or ending in a dot.</summary>
    public string Dictionary => Path[..NameStart];
}

/// <summary>A value that only Python could make, and that is therefore left out.</summary>
/// <param name="Path">The value's full name.</param>
/// <param name="Global">The class or function that it needs.</param>
internal sealed record InertEntry(string Path, string Global);

/// <summary>The content of a weights file.</summary>
/// <param name="Tensors">Its tensors, in the file's order.</param>
/// <param name="Inert">The values that are left out.</param>
/// <param name="About">The metadata of a safetensors file or a model; otherwise empty.</param>
internal sealed record CheckpointContent(
    IReadOnlyList<SavedTensor> Tensors, IReadOnlyList<InertEntry> Inert, IReadOnlyDictionary<string, string> About)
{
    /// <summary>Whether the network in the file has a last layer, and does not end with features.</summary>
    public bool HasClassifier { get; init; } = true;

    /// <summary>Whether the file is a whole model to go on from, not weights alone.</summary>
    public bool IsModel { get; init; }
}
