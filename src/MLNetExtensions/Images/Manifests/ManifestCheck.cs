using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions.Images.Archives;
using MLVision.MLNetExtensions.Unicode;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Checks a manifest's rows as they pass. What is kept of an image is a hash of its path, a label's number and a line.</summary>
/// <param name="manifest">The manifest.</param>
internal sealed class ManifestCheck(ImageManifest manifest)
{
    /// <summary>What stands between the labels of an image that has several.</summary>
    private const char Between = '|';

    private readonly Dictionary<UInt128, (int Line, int Label, ManifestPart Part)> _seen = [];
    private readonly Dictionary<string, (int Number, string Name)> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly int[] _counts = new int[Enum.GetValues<ManifestPart>().Length];

    private int _outside;
    private int _firstOutside;

    /// <summary>Lines that name an image again with the same label and part.</summary>
    public HashSet<int> Repeated { get; } = [];

    /// <summary>Rows that count.</summary>
    public int Count => _counts.Sum();

    /// <summary>
    /// The rows that count, with their labels, null where the manifest has none, and parts. Says at the end what was seen.
    /// </summary>
    /// <exception cref="ImageDataException">A row is refused, or there is none.</exception>
    public IEnumerable<(ManifestRow Row, string? Label, ManifestPart Part)> Rows(ILogger? logger, bool withOthers)
    {
        foreach (var row in manifest.Rows(withOthers, LookOutside))
        {
            var (number, label) = row.Label is null ? (0, null) : LabelOf(row);
            var part = PartOf(row.Split) ?? throw manifest.Fault(row.Line, $"the split '{row.Split}' is unknown; {Nearest(row.Split!)}");
            ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _seen, XxHash128.HashToUInt128(MemoryMarshal.AsBytes(row.ImagePath.AsSpan())), out var isSeen);
            if (isSeen)
            {
                ThrowIfOther(row, seen, number, part);
                Repeated.Add(row.Line);
                continue;
            }

            seen = (row.Line, number, part);
            _counts[(int)part]++;
            yield return (row, label, part);
        }

        if (Count == 0)
        {
            throw manifest.Fault("has a header but no rows.");
        }

        ManifestLog.Read(logger ?? NullLogger.Instance, Path.GetFileName(manifest.Path), Describe());
    }

    /// <summary>The part that a cell names, <see cref="ManifestPart.Train"/> where it is empty; null for none.</summary>
    public static ManifestPart? PartOf(string? split) => split?.Trim().ToLowerInvariant() switch
    {
        null or "" or "train" => ManifestPart.Train,
        "validation" => ManifestPart.Validation,
        "test" => ManifestPart.Test,
        _ => null,
    };

    /// <summary>A label as classes are named.</summary>
    public static string NameOf(string label) => NormalForm.Of(label.Trim());

    private static string Nearest(string split) =>
        split.Trim().StartsWith("val", StringComparison.OrdinalIgnoreCase) ? "did you mean 'validation'?"
        : split.Trim().StartsWith("tr", StringComparison.OrdinalIgnoreCase) ? "did you mean 'train'?"
        : split.Trim().StartsWith("te", StringComparison.OrdinalIgnoreCase) ? "did you mean 'test'?"
        : "expected train, validation or test.";

    private (int Number, string Name) LabelOf(ManifestRow row)
    {
        if (_labels.TryGetValue(row.Label!, out var known))
        {
            return known;
        }

        var name = NameOf(row.Label!);
        if (name.Length == 0)
        {
            throw manifest.Fault(row.Line, $"the image '{row.Image}' has no label.");
        }

        if (name.Contains(Between, StringComparison.Ordinal))
        {
            throw manifest.Fault(row.Line, $"the image '{row.Image}' has several labels, '{name}'; a model has one of each image.");
        }

        // Names that differ only in their Unicode form are one class.
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, name, out var isKnown);
        number = isKnown ? number : _numbers.Count;
        return _labels[row.Label!] = (number, name);
    }

    private void ThrowIfOther(ManifestRow row, (int Line, int Label, ManifestPart Part) seen, int label, ManifestPart part)
    {
        if (seen.Label != label)
        {
            var other = _labels.Values.First(known => known.Number == seen.Label).Name;
            throw manifest.Fault(
                row.Line,
                $"the image '{row.Image}' is labelled '{NameOf(row.Label!)}', but '{other}' in line {seen.Line}: keep one of them.");
        }

        if (seen.Part != part)
        {
            throw manifest.Fault(
                row.Line,
                $"the image '{row.Image}' is in '{Name(part)}', but in '{Name(seen.Part)}' in line {seen.Line}: keep one of them.");
        }
    }

    private void LookOutside(ManifestRow row)
    {
        if (ImageArchives.WhyNotOpened(row.ImagePath) is { } reason)
        {
            throw manifest.Fault(row.Line, $"'{row.Image}' cannot be an image: {reason}");
        }

        _firstOutside = _outside++ == 0 ? row.Line : _firstOutside;
    }

    private string Describe()
    {
        var parts = Enum.GetValues<ManifestPart>().Where(part => _counts[(int)part] > 0)
            .Select(part => $"{Name(part)} {_counts[(int)part]}");
        string[] sentences =
        [
            Counted.Of(Count, "image") + (manifest.IsSplit ? $": {string.Join(", ", parts)}." : "."),
            Repeated.Count > 0
                ? $"{Counted.Of(Repeated.Count, "row repeats an image and counts", "rows repeat an image and count")} once."
                : "",
            _outside > 0
                ? $"{Counted.Of(_outside, "row names a file", "rows name files")} outside its folder, the first in line {_firstOutside}."
                : "",
        ];
        return string.Join(' ', sentences.Where(sentence => sentence.Length > 0));
    }

    private static string Name(ManifestPart part) => part.ToString().ToLowerInvariant();
}
