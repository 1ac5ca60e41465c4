using MLVision.MLNetExtensions.Images.Columns;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Where the columns stand that have a meaning; all others are carried along.</summary>
internal sealed class ManifestColumns
{
    private const string ImageName = "image";
    private const string LabelName = "label";
    private const string SplitName = "split";

    private ManifestColumns(IReadOnlyList<string> names) => Names = names;

    /// <summary>Names of all columns as the file has them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Place of the images' column.</summary>
    public int Image { get; private init; }

    /// <summary>Place of the labels' column, or -1.</summary>
    public int Label { get; private init; }

    /// <summary>Place of the splits' column, or -1.</summary>
    public int Split { get; private init; }

    /// <summary>Places of the other columns.</summary>
    public required int[] Others { get; init; }

    /// <summary>Names of the other columns; one without a name is called by its number, as <c>column 1</c>.</summary>
    public required IReadOnlyList<string> OtherNames { get; init; }

    /// <summary>Whether a column has a meaning.</summary>
    public static bool IsKnown(string name) => Is(name, ImageName) || Is(name, LabelName) || Is(name, SplitName);

    /// <summary>Finds the columns of a table.</summary>
    /// <exception cref="ImageDataException">A column is missing or there twice.</exception>
    public static ManifestColumns Of(ManifestTable table)
    {
        var names = table.ReadColumns();
        if (names.Any(name => name.Contains('\0', StringComparison.Ordinal)))
        {
            throw table.Fault("looks like UTF-16 without a byte order mark: save it as UTF-8.");
        }

        if (names.FirstOrDefault(name => ManifestText.WhyInvalid(name) is not null) is { } invalid)
        {
            throw table.Fault(1, ManifestText.WhyInvalid(invalid)!);
        }

        string[] all = [.. names.Select((name, place) => name.Length > 0 ? name : $"column {place + 1}")];
        if (all.GroupBy(name => IsKnown(name) ? name.ToLowerInvariant() : name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw table.Fault($"has {twice.Count()} columns named '{twice.First()}'; rename all but one.");
        }

        int[] others = [.. Enumerable.Range(0, all.Length).Where(place => !IsKnown(all[place]))];
        var columns = new ManifestColumns(names)
        {
            Image = Find(all, ImageName),
            Label = Find(all, LabelName),
            Split = Find(all, SplitName),
            Others = others,
            OtherNames = [.. others.Select(place => all[place])],
        };
        columns.ThrowIfMissing(table, columns.Image, ImageName);
        return columns;
    }

    /// <summary>Refuses a table without labels.</summary>
    /// <exception cref="ImageDataException">There are none.</exception>
    public void ThrowUnlessLabeled(ManifestTable table) => ThrowIfMissing(table, Label, LabelName);

    private static int Find(string[] names, string name) => Array.FindIndex(names, other => Is(other, name));

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);

    private void ThrowIfMissing(ManifestTable table, int place, string name)
    {
        if (place < 0)
        {
            throw new ImageDataException($"{Path.GetFileName(table.Path)}: {MissingColumn.Describe(name, Names)}");
        }
    }
}
