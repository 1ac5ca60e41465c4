using Microsoft.ML;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>A data view whose images are scored in batches, before its rows are read.</summary>
/// <remarks>
/// The source is read once, by one cursor (or one set of cursors). For the rows read in advance, the values of the needed columns are kept.
/// A second cursor parallel to the reader would need no memory. But if the source is shuffled, random, or can be read only once, it would
/// see other rows than the first, and scores would silently belong to the wrong rows.
/// </remarks>
internal sealed class BatchView(IDataView input, DataViewSchema schema, ScoringSource source, BatchScoringStep step) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        GetRowCursorSet(columnsNeeded, 1, rand)[0];

    /// <summary>Always one cursor if scores are needed, because its work already uses all cores.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToList();
        var needed = columns.Select(column => column.Index).ToHashSet();
        var passed = needed.Where(index => index < input.Schema.Count).Order().ToList();
        return passed.Count == needed.Count
            ? [.. input.GetRowCursorSet(passed.Select(index => input.Schema[index]), n, rand)
                .Select(cursor => new UnscoredCursor(cursor, schema))]
            : [OpenScored(passed, ScoredGetters.OutputsOf(columns.Where(column => column.Index >= input.Schema.Count)), rand)];
    }

    private BatchCursor OpenScored(List<int> passed, ModelOutputs outputs, Random? rand)
    {
        step.Enter();
        var readers = new List<ReadAhead>();
        DataViewRowCursor[] cursors = [];
        try
        {
            var view = source.View(input);
            var columns = passed.Select(index => view.Schema[index]).ToList();
            cursors = view.GetRowCursorSet(
                columns.Concat(source.Columns(view.Schema)).DistinctBy(column => column.Index), step.Model.Threads, rand);
            var threads = Math.Max(1, step.Model.BatchesAtOnce / cursors.Length);
            foreach (var cursor in cursors)
            {
                readers.Add(new ReadAhead(cursor, source.Bind(cursor), columns, step.Model, outputs, step.Keys, threads));
            }

            var slots = Enumerable.Range(0, input.Schema.Count).Select(index => passed.IndexOf(index)).ToArray();
            return new BatchCursor(schema, slots, outputs, readers, step.Skipped, step.Leave);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            foreach (var cursor in cursors.Skip(readers.Count))
            {
                cursor.Dispose();
            }

            step.Leave();
            throw;
        }
    }
}
