using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights;

/// <summary>Names out of a file as a sentence lists them: a few, and how many more there are.</summary>
internal static class ShortList
{
    private const int Examples = 5;

    /// <summary>The names, fit for a line; they may be long in the file, or hold line breaks.</summary>
    public static string Of(IReadOnlyList<string> names)
    {
        var list = string.Join(", ", names.Take(Examples).Select(MappedFile.Clean));
        return names.Count > Examples ? $"{list} and {names.Count - Examples} more" : list;
    }
}
