using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>A data set that is split into parts, such as training and validation, found where class folders were expected.</summary>
internal sealed record SplitFolders
{
    private static readonly string[] Training = ["train", "training", "trn"];
    private static readonly string[] Validation = ["val", "valid", "validation", "validate", "dev", "eval", "evaluation", "holdout"];
    private static readonly string[] Test = ["test", "testing", "tests", "tst"];

    /// <summary>What was found: the parts, and the sub-folders that they share.</summary>
    public required string Description { get; init; }

    /// <summary>The folders of the parts, in the order of their names.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    /// <summary>The folder to learn from, or null if none is recognised.</summary>
    public string? ToLearn { get; init; }

    /// <summary>The folder to validate on during training, or null if none is recognised.</summary>
    public string? ToValidate { get; init; }

    /// <summary>The folder to test with, or null if none is recognised.</summary>
    public string? ToTest { get; init; }

    /// <summary>Looks for such parts below a root; null if its folders may be classes.</summary>
    /// <remarks>
    /// Classes may be called train or test. So it takes two such names whose folders share sub-folders, and no other folder with these
    /// sub-folders.
    /// </remarks>
    public static SplitFolders? Of(string root)
    {
        var folders = FoldersOf(root);
        string[] roles = [.. Training, .. Validation, .. Test];
        var parts = folders.Where(folder => Words(folder).Any(roles.Contains)).ToList();
        if (parts.Count < 2)
        {
            return null;
        }

        var below = folders.ToDictionary(folder => folder, folder => FoldersOf(folder).Select(Name).ToList(), StringComparer.Ordinal);
        var others = folders.Except(parts).SelectMany(folder => below[folder]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var common = parts.SelectMany(part => below[part].Distinct(StringComparer.OrdinalIgnoreCase))
            .Where(name => !others.Contains(name))
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(name => name.Count() > 1)
            .Select(name => name.Key)
            .ToList();
        if (common.Count == 0)
        {
            return null;
        }

        var alike = parts.Where(part => below[part].Intersect(common, StringComparer.OrdinalIgnoreCase).Any()).ToList();
        var have = alike.Count == folders.Count ? "each has" : $"{And(alike.Select(Name))} have";
        return new SplitFolders
        {
            Parts = alike,
            Description = $"The classes of '{root}' are called {And(folders.Select(Name))}, and {have} the same " +
                $"sub-folder{(common.Count > 1 ? "s" : "")} {And(common)}",
            ToLearn = Find(parts, Training),
            ToValidate = Find(parts, Validation),
            ToTest = Find(parts, Test),
        };
    }

    /// <summary>What is wrong and what to do, in the words of the API; the command line names its own options.</summary>
    public override string ToString()
    {
        var advice = (ToLearn, ToValidate, ToTest) switch
        {
            ({ } learn, { } validate, _) => $"give '{learn}' to learn from and '{validate}' to validate on",
            ({ } learn, null, { } test) => $"give '{learn}' to learn from and '{test}' to test with",
            _ => "give one of them",
        };
        return $"{Description}: they are parts of one data set, not classes; {advice}.";
    }

    private static string? Find(IEnumerable<string> parts, string[] role) => parts.FirstOrDefault(part => Words(part).Any(role.Contains));

    /// <summary>The words in a folder's name: train2017 and seg_train both contain train.</summary>
    private static string[] Words(string folder) =>
        new string([.. Name(folder).ToLowerInvariant().Select(c => char.IsAsciiLetter(c) ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Name(string folder) => NormalForm.Of(Path.GetFileName(folder));

    private static List<string> FoldersOf(string folder) =>
    [
        .. PathOrder.Sort(FolderEntry.Of(folder, folder, new LeftOut()).Select(entry => entry.Path), folder, path => path)
            .Where(path => Entry.KindOf(path) == EntryKind.Folder),
    ];

    private static string And(IEnumerable<string> names)
    {
        const int Most = 5;
        var all = names.ToList();
        List<string> shown = all.Count > Most ? [.. all.Take(Most), $"{all.Count - Most} more"] : all;
        return shown.Count > 1 ? $"{string.Join(", ", shown.SkipLast(1))} and {shown[^1]}" : shown[0];
    }
}
