using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>A cursor over the source if scores are not needed; it only has another schema.</summary>
internal sealed class UnscoredCursor(DataViewRowCursor source, DataViewSchema schema) : DataViewRowCursor
{
    public override DataViewSchema Schema => schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext() => source.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) =>
        column.Index < source.Schema.Count && source.IsColumnActive(source.Schema[column.Index]);

    public override ValueGetter<T> GetGetter<T>(DataViewSchema.Column column) => column.Index < source.Schema.Count
        ? source.GetGetter<T>(source.Schema[column.Index])
        : throw CursorErrors.Inactive(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
