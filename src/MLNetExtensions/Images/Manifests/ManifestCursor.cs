using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Reads a manifest's rows.</summary>
internal sealed class ManifestCursor(ManifestView view, bool[] active, IEnumerable<ManifestRow> rows) : DataViewRowCursor
{
    private readonly IEnumerator<ManifestRow> _rows = rows.GetEnumerator();
    private long _position = -1;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool MoveNext()
    {
        var hasNext = _rows.MoveNext();
        _position = hasNext ? _position + 1 : -1;
        return hasNext;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
        {
            throw CursorErrors.Inactive(column);
        }

        Func<ManifestRow, string> cell = column.Name switch
        {
            _ when column.Index >= view.OwnColumns => row => row.Others[column.Index - view.OwnColumns],
            ManifestView.Label => row => ManifestCheck.NameOf(row.Label!),
            ManifestView.Split => row => ManifestCheck.PartOf(row.Split)!.Value.ToString().ToLowerInvariant(),
            _ => row => row.ImagePath,
        };
        ValueGetter<ReadOnlyMemory<char>> getter = (ref ReadOnlyMemory<char> value) => value = cell(_rows.Current).AsMemory();
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' is text, not {typeof(TValue).Name}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rows.Dispose();
        }

        base.Dispose(disposing);
    }
}
