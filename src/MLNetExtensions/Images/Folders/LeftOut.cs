using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Counts what a search of folders left out, and describes it in one line.</summary>
internal sealed class LeftOut
{
    /// <summary>The readable formats, as messages name them.</summary>
    public const string Formats = "JPEG, PNG, BMP, GIF or WebP";

    private const int MostNamed = 5;

    private readonly Dictionary<string, int> _endings = [];
    private readonly Dictionary<string, int> _clutter = [];
    private readonly List<string> _noFiles = [];
    private readonly List<string> _broken = [];
    private readonly List<string> _known = [];

    /// <summary>Counts a file that is not a readable image.</summary>
    public void NotAnImage(string name)
    {
        var ending = Path.GetExtension(name).ToLowerInvariant();
        Count(_endings, ending.Length > 1 ? ending : "no ending");
    }

    /// <summary>Counts a file or folder that is clutter.</summary>
    public void Clutter(string kind) => Count(_clutter, kind);

    /// <summary>Counts a name that is not a file: a pipe, a device.</summary>
    public void NotAFile(string name, EntryKind kind) => _noFiles.Add($"{name} ({Entry.Describe(kind)})");

    /// <summary>Counts a link that leads nowhere.</summary>
    public void BrokenLink(string name) => _broken.Add(name);

    /// <summary>Counts a link that leads to images that are counted already, or to a folder above it.</summary>
    public void CountedAlready(string name) => _known.Add(name);

    /// <summary>Adds the counts of another search.</summary>
    public void Add(LeftOut other)
    {
        Count(_endings, other._endings);
        Count(_clutter, other._clutter);
        _noFiles.AddRange(other._noFiles);
        _broken.AddRange(other._broken);
        _known.AddRange(other._known);
    }

    /// <summary>The whole summary in a few sentences on one line; empty if nothing was left out.</summary>
    public override string ToString()
    {
        var others = _endings.Values.Sum();
        string[] sentences =
        [
            others > 0 ? $"Ignored {Counted.Of(others, "file that is", "files that are")} not {Formats}: {List(_endings)}." : "",
            Sentence(_noFiles, "entry that is not a file", "entries that are not files"),
            Sentence(_broken, "link that leads nowhere", "links that lead nowhere"),
            Sentence(_known, "link to data counted already", "links to data counted already"),
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
        : $"Left out {Counted.Of(names.Count, one, many)}: {string.Join(", ", names.Take(MostNamed))}"
            + (names.Count > MostNamed ? ", …." : ".");

    /// <summary>Most frequent first.</summary>
    private static string List(Dictionary<string, int> counts)
    {
        var ordered = counts.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToList();
        var named = ordered.Take(MostNamed).Select(kind => $"{kind.Key} ({kind.Value})");
        var rest = ordered.Skip(MostNamed).Sum(kind => kind.Value);
        return string.Join(", ", rest > 0 ? named.Append($"others ({rest})") : named);
    }
}
