using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>A tensor in a pickle, and the names that lead to it.</summary>
/// <param name="Path">See <see cref="SavedTensor.Path"/>.</param>
/// <param name="NameStart">See <see cref="SavedTensor.NameStart"/>.</param>
/// <param name="Tensor">The tensor.</param>
internal sealed record NamedPickledTensor(string Path, int NameStart, PickledTensor Tensor);

/// <summary>Finds the tensors in a saved object: in nested dictionaries, in lists of them, and in modules that were saved whole.</summary>
/// <remarks>
/// Keys that are not text are not names: an optimizer's state is keyed by numbers. Each container is visited once, so the time is linear in
/// the pickle's length, however often it is referred to. A dictionary of tensors is found under each of its names.
/// </remarks>
internal sealed class PickledTensors
{
    // A module saved whole takes two levels for each level of its own.
    private const int MostDepth = 32;

    // Attributes of a module that hold the entries of its state dictionary; their own names do not appear in it.
    private const string Modules = "_modules", Parameters = "_parameters", Buffers = "_buffers";

    // The beginning of class names that torch.jit.save wrote; parameters and sub-modules of such modules are attributes.
    private const string TorchScript = "__torch__.";

    private readonly MappedFile _file;
    private readonly HashSet<object> _walked = new(ReferenceEqualityComparer.Instance), _holders = new(ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<string, NamedPickledTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<InertEntry> _inert = [];
    private long _nameLengths, _repeats;

    private PickledTensors(MappedFile file) => _file = file;

    /// <summary>The tensors, and the values that are left out.</summary>
    /// <exception cref="WeightsFileException">There are no tensors.</exception>
    public static (IReadOnlyList<NamedPickledTensor> Tensors, IReadOnlyList<InertEntry> Inert) Find(MappedFile file, object? saved)
    {
        var found = new PickledTensors(file);
        found.Walk(saved, path: "", nameStart: 0, depth: 0);
        if (found._tensors.Count == 0)
        {
            throw file.Refused(found._inert is [var first, ..]
                ? $"the checkpoint asks for {MappedFile.Quote(first.Global)}, which is not allowed: only tensors are read, nothing is run; "
                    + "save model.state_dict() alone"
                : "it holds no dictionary of tensors; save model.state_dict()");
        }

        return ([.. found._tensors.Values], found._inert);
    }

    private void Walk(object? value, string path, int nameStart, int depth)
    {
        switch (value)
        {
            case PickledDictionary dictionary:
                WalkDictionary(dictionary, Inside(path), Inside(path).Length, depth + 1);
                break;
            case PickledInert inert when _walked.Add(inert) || IsBare(inert):
                WalkObject(inert, path, nameStart, depth + 1);
                break;
            case IReadOnlyList<object?> list when depth < MostDepth && _walked.Add(list):
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is PickledDictionary or PickledInert or IReadOnlyList<object?>)
                    {
                        var item = $"{Inside(path)}{i}";
                        Walk(list[i], item, item.Length, depth + 1);
                    }
                }

                break;
        }
    }

    /// <param name="dictionary">The dictionary.</param>
    /// <param name="prefix">The names before its keys.</param>
    /// <param name="nameStart">Where the names of its tensors begin.</param>
    /// <param name="depth">Number of containers around it.</param>
    /// <param name="isOfObject">Whether it belongs to an object; then names continue through the objects inside.</param>
    private void WalkDictionary(PickledDictionary dictionary, string prefix, int nameStart, int depth, bool isOfObject = false)
    {
        var isNew = depth < MostDepth && _walked.Add(dictionary);
        if (!isNew && !_holders.Contains(dictionary))
        {
            return;
        }

        _repeats += isNew ? 0 : dictionary.Pairs.Count;
        if (_repeats > _file.Length)
        {
            throw _file.Damaged("its pickle repeats itself too often");
        }

        foreach (var (key, value) in dictionary.Pairs)
        {
            if (key is not string name)
            {
                continue;
            }

            if (value is PickledTensor tensor)
            {
                var path = Named(prefix, name);
                _tensors[path] = new NamedPickledTensor(path, nameStart, tensor);
                _holders.Add(dictionary);
            }
            else if (isNew && value is PickledDictionary or PickledInert or IReadOnlyList<object?>)
            {
                var path = Named(prefix, name);
                Walk(value, path, isOfObject ? nameStart : path.Length + 1, depth);
            }
        }
    }

    /// <summary>An object of an unknown class: a dictionary subclass, or an object with attributes, usually a module.</summary>
    private void WalkObject(PickledInert inert, string path, int nameStart, int depth)
    {
        var (tensorsBefore, inertBefore) = (_tensors.Count, _inert.Count);
        var isModule = inert.Name.StartsWith(TorchScript, StringComparison.Ordinal);
        if (inert.Items is { } items)
        {
            WalkDictionary(items, Inside(path), Inside(path).Length, depth);
        }

        // An object with slots has a pair of dictionaries.
        foreach (var attributes in (inert.State as object?[] ?? [inert.State]).Take(2).OfType<PickledDictionary>())
        {
            isModule |= WalkAttributes(attributes, Inside(path), nameStart, depth);
        }

        if (!isModule && _tensors.Count == tensorsBefore)
        {
            // Leaves it out, with everything in it.
            _inert.RemoveRange(inertBefore, _inert.Count - inertBefore);
            _inert.Add(new InertEntry(path, inert.Name));
        }
    }

    private bool WalkAttributes(PickledDictionary attributes, string prefix, int nameStart, int depth)
    {
        var isModule = false;
        foreach (var (key, value) in attributes.Pairs)
        {
            if (key is Modules or Parameters or Buffers && (value as PickledDictionary ?? (value as PickledInert)?.Items) is { } children)
            {
                isModule |= key is Modules;
                WalkDictionary(children, prefix, nameStart, depth + 1, isOfObject: true);
            }
        }

        if (!isModule)
        {
            WalkDictionary(attributes, prefix, nameStart, depth + 1, isOfObject: true);
        }

        return isModule;
    }

    private static bool IsBare(PickledInert inert) => inert is { Items: null, State: null };

    private string Named(string prefix, string name)
    {
        // Each name is stored in the file. Repeating one long name could make hashing slow.
        _nameLengths += prefix.Length + name.Length;
        return _nameLengths <= _file.Length ? prefix + name : throw _file.Damaged("its names are longer than the file");
    }

    private static string Inside(string path) => path.Length > 0 ? path + "." : "";
}
