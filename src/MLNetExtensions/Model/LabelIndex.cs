using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Model;

/// <summary>Finds a class by its name, in any Unicode form.</summary>
internal sealed class LabelIndex
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <summary>Takes the classes; of two with one name, the first is found.</summary>
    public LabelIndex(IReadOnlyList<string> labels)
    {
        foreach (var (index, label) in labels.Index())
        {
            _indices.TryAdd(NormalForm.Of(label), index);
        }
    }

    /// <summary>The class's index, or null if there is no such class.</summary>
    public int? Find(string label) => _indices.TryGetValue(NormalForm.Of(label), out var index) ? index : null;
}
