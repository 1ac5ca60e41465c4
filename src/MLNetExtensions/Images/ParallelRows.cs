using System.Collections.Concurrent;
using Microsoft.ML;

namespace MLNetExtensions;

/// <summary>Reads a data view's rows on all cores and returns them in the view's order.</summary>
internal static class ParallelRows
{
    /// <summary>Reads every row.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="columns">The columns that <paramref name="bind"/> takes getters of.</param>
    /// <param name="bind">Called once per cursor; returns what reads the cursor's current row.</param>
    /// <param name="cancellationToken">Stops reading after the row at hand.</param>
    /// <remarks>
    /// A cursor set is asked for rather than one cursor: each of its cursors computes on the caller's thread, so an error in one row
    /// reaches the reader of that row and the next row can still be read. A single cursor computes ahead in batches of 64 on
    /// threads of its own, where one bad row ends it.
    /// </remarks>
    public static IReadOnlyList<T> Read<T>(
        IDataView view, IEnumerable<DataViewSchema.Column> columns, Func<DataViewRow, Func<T>> bind, CancellationToken cancellationToken)
    {
        var cursors = view.GetRowCursorSet(columns, Environment.ProcessorCount);
        var parts = new ConcurrentBag<List<(long Batch, long Position, T Row)>>();
        try
        {
            Parallel.ForEach(cursors, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = cursors.Length }, cursor =>
            {
                var part = new List<(long, long, T)>();
                var read = bind(cursor);
                while (cursor.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    part.Add((cursor.Batch, cursor.Position, read()));
                }

                parts.Add(part);
            });
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var first, ..])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
        finally
        {
            foreach (var cursor in cursors)
            {
                cursor.Dispose();
            }
        }

        return [.. parts.SelectMany(part => part).OrderBy(r => r.Batch).ThenBy(r => r.Position).Select(r => r.Row)];
    }
}
