using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Counts what a walk through folders left out, and says it in a line.</summary>
internal sealed class LeftOut
{
    /// <summary>What files are to be, as sentences say it.</summary>
    public const string Formats = "JPEG, PNG, BMP, GIF or WebP";

    private const int MostNamed = 5;

    private readonly Dictionary<string, int> _endings = [];
    private readonly Dictionary<string, int> _clutter = [];
    private readonly List<string> _noFiles = [];
    private readonly List<string> _broken = [];
    private readonly List<string> _known = [];

    /// <summary>A file is no image that can be read.</summary>
    public void NoImage(string name)
    {
        var ending = Path.GetExtension(name).ToLowerInvariant();
        Count(_endings, ending.Length > 1 ? ending : "no ending");
    }

    /// <summary>A file or folder is nobody's data.</summary>
    public void OfClutter(string kind) => Count(_clutter, kind);

    /// <summary>A name stands for something that cannot be read like a file.</summary>
    public void NoFile(string name, EntryKind kind) => _noFiles.Add($"{name} ({Entry.Describe(kind)})");

    /// <summary>A link leads nowhere.</summary>
    public void BrokenLink(string name) => _broken.Add(name);

    /// <summary>A link leads to images that count already, or back to a folder that it lies in.</summary>
    public void KnownPlace(string name) => _known.Add(name);

    /// <summary>Adds what another walk left out.</summary>
    public void Add(LeftOut other)
    {
        Count(_endings, other._endings);
        Count(_clutter, other._clutter);
        _noFiles.AddRange(other._noFiles);
        _broken.AddRange(other._broken);
        _known.AddRange(other._known);
    }

    /// <summary>All of it in a few sentences on one line; empty where nothing was left out.</summary>
    public override string ToString()
    {
        var others = _endings.Values.Sum();
        string[] sentences =
        [
            others > 0 ? $"Passed over {Plural(others, "file that is", "files that are")} no {Formats}: {List(_endings)}." : "",
            Sentence(_noFiles, "entry that is no file", "entries that are no files"),
            Sentence(_broken, "link that leads nowhere", "links that lead nowhere"),
            Sentence(_known, "link to what counts already", "links to what counts already"),
            _clutter.Count > 0 ? $"Left out clutter: {List(_clutter)}." : "",
        ];
        return string.Join(' ', sentences.Where(sentence => sentence.Length > 0));
    }

    private static void Count(Dictionary<string, int> counts, string kind, int count = 1) =>
        counts[kind] = counts.GetValueOrDefault(kind) + count;

    private static void Count(Dictionary<string, int> counts, Dictionary<string, int> others)
    {
        foreach (var (kind, count) in others)
        {
            Count(counts, kind, count);
        }
    }

    private static string Sentence(List<string> names, string one, string many) => names.Count == 0
        ? ""
        : $"Left out {Plural(names.Count, one, many)}: {string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? ", …" : "")}.";

    private static string Plural(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>Most frequent first.</summary>
    private static string List(Dictionary<string, int> counts)
    {
        var ordered = counts.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToList();
        var named = ordered.Take(MostNamed).Select(kind => $"{kind.Key} ({kind.Value})");
        var rest = ordered.Skip(MostNamed).Sum(kind => kind.Value);
        return string.Join(", ", rest > 0 ? named.Append($"others ({rest})") : named);
    }
}
