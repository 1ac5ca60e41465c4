namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>A tensor of a file, and the names that lead to it.</summary>
/// <param name="Path">The keys of all dictionaries on the way, joined by dots, and its own name: <c>state_dict.fc.weight</c>.</param>
/// <param name="NameStart">Where in the path its own name begins.</param>
/// <param name="Tensor">The tensor.</param>
internal sealed record SavedTensor(string Path, int NameStart, StoredTensor Tensor)
{
    /// <summary>Its name in the dictionary that holds it.</summary>
    public string Name => Path[NameStart..];

    /// <summary>Where that dictionary lies: empty, or a path that ends in a dot.</summary>
    public string Dictionary => Path[..NameStart];
}

/// <summary>A value of a file that only Python could make, so that it is left out.</summary>
/// <param name="Path">The names that lead to it.</param>
/// <param name="Global">The class or function that it asks for.</param>
internal sealed record InertEntry(string Path, string Global);

/// <summary>What is in a file of weights.</summary>
/// <param name="Tensors">Its tensors, in the file's order.</param>
/// <param name="Inert">What is left out.</param>
/// <param name="About">What a safetensors file says about itself; otherwise empty.</param>
internal sealed record CheckpointContent(
    IReadOnlyList<SavedTensor> Tensors, IReadOnlyList<InertEntry> Inert, IReadOnlyDictionary<string, string> About);
