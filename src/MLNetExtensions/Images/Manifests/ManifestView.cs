using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>A manifest's rows as a data view of text columns; each cursor reads the file, so that no row is kept.</summary>
internal sealed class ManifestView : IDataView
{
    /// <summary>The columns that have a meaning.</summary>
    public const string ImagePath = nameof(LabeledImage.ImagePath), Label = nameof(LabeledImage.Label), Split = "Split";

    private readonly ImageManifest _manifest;
    private readonly HashSet<int> _repeated;
    private readonly int _count;

    /// <param name="manifest">The manifest.</param>
    /// <param name="repeated">Lines that are left out.</param>
    /// <param name="count">Rows without these.</param>
    /// <exception cref="ImageDataException">A column that is carried along has the name of one of ours.</exception>
    public ManifestView(ImageManifest manifest, HashSet<int> repeated, int count)
    {
        (_manifest, _repeated, _count) = (manifest, repeated, count);
        List<string> names =
            [ImagePath, .. manifest.HasLabels ? [Label] : Array.Empty<string>(), .. manifest.IsSplit ? [Split] : Array.Empty<string>()];
        OwnColumns = names.Count;
        if (manifest.Others.FirstOrDefault(names.Contains) is { } taken)
        {
            throw new ImageDataException(
                $"The column '{taken}' of the manifest '{manifest.Path}' has the name of one that is made of it; rename it.");
        }

        var schema = new DataViewSchema.Builder();
        foreach (var name in names.Concat(manifest.Others))
        {
            schema.AddColumn(name, TextDataViewType.Instance);
        }

        Schema = schema.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    /// <summary>How many columns have a meaning.</summary>
    public int OwnColumns { get; }

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
        {
            active[column.Index] = true;
        }

        var withOthers = active.AsSpan(OwnColumns).Contains(true);
        return new ManifestCursor(this, active, _manifest.Rows(withOthers, _ => { }).Where(row => !_repeated.Contains(row.Line)));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
