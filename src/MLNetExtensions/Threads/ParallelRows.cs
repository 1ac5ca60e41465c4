using Microsoft.ML;

namespace MLVision.MLNetExtensions.Threads;

/// <summary>Reads a data view's rows on all cores and returns the results in the view's order.</summary>
internal static class ParallelRows
{
    /// <summary>Reads every row.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="columns">The columns whose getters <paramref name="bind"/> uses.</param>
    /// <param name="bind">Called once per cursor; returns the function that reads the cursor's current row.</param>
    /// <param name="cancellationToken">Stops reading after the current row.</param>
    /// <remarks>
    /// This uses a cursor set and not one cursor. Each cursor of a set computes on the caller's thread, so an error in one row reaches the
    /// reader of that row, and the next row can still be read. A single cursor computes batches of 64 rows in advance on threads of its
    /// own, where one bad row ends it. All results are kept until the end: a reader of large rows stores them elsewhere and returns where.
    /// An exception from one reader stops the others at their next row.
    /// </remarks>
    public static IReadOnlyList<T> Read<T>(
        IDataView view, IEnumerable<DataViewSchema.Column> columns, Func<DataViewRow, Func<T>> bind, CancellationToken cancellationToken)
    {
        var cursors = view.GetRowCursorSet(columns, Environment.ProcessorCount);
        var rows = new List<(long Batch, long Position, T Row)>();
        try
        {
            Parallel.ForEach(
                cursors, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = cursors.Length },
                (cursor, loop) =>
            {
                var part = new List<(long, long, T)>();
                var read = bind(cursor);
                while (!loop.ShouldExitCurrentIteration && cursor.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    part.Add((cursor.Batch, cursor.Position, read()));
                }

                lock (rows)
                {
                    rows.AddRange(part);
                }
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

        // Readers that saw the cancellation between two rows ended without an error.
        cancellationToken.ThrowIfCancellationRequested();
        rows.Sort((a, b) => a.Batch != b.Batch ? a.Batch.CompareTo(b.Batch) : a.Position.CompareTo(b.Position));
        return [.. rows.Select(r => r.Row)];
    }
}
