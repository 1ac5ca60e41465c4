using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>Lists names from a file in a sentence: the first few, and how many more there are.</summary>
internal static class ShortList
{
    private const int Examples = 5;

    /// <summary>The names, cleaned for one line; in the file they may be long, or contain line breaks.</summary>
    public static string Of(IReadOnlyList<string> names)
    {
        var list = string.Join(", ", names.Take(Examples).Select(MappedFile.Clean));
        return names.Count > Examples ? $"{list} and {names.Count - Examples} more" : list;
    }
}
