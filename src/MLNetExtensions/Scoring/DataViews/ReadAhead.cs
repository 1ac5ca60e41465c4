using System.Collections.Concurrent;
using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>Reads the rows of one cursor in advance and scores them in batches, on its own threads, in order.</summary>
/// <remarks>
/// Each thread in turn takes a batch of rows from the cursor, and then, beside the others, reads their images and scores them. The
/// number of batches is fixed: when all are full, the threads wait until the reader gives one back.
/// </remarks>
internal sealed class ReadAhead : IDisposable
{
    // One is ready to be read while the next one is scored.
    private const int BatchesPerThread = 2;

    private readonly DataViewRowCursor _source;
    private readonly PixelInput _pixels;
    private readonly LoadedModel _model;
    private readonly IReadOnlyList<uint> _keys;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly BlockingCollection<RowBatch> _free = [];
    private readonly BlockingCollection<RowBatch> _taken = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _turn = new();
    private readonly Thread[] _threads;
    private RowBatch? _head;
    private bool _isAtEnd;

    /// <param name="source">The cursor, which this object disposes of.</param>
    /// <param name="pixels">Where its rows' pixels come from.</param>
    /// <param name="columns">Its columns that are kept for the reader.</param>
    /// <param name="model">What scores.</param>
    /// <param name="outputs">What is kept beside scores.</param>
    /// <param name="keys">The key of each class.</param>
    /// <param name="threads">Threads to read and score on; at least 1.</param>
    public ReadAhead(
        DataViewRowCursor source, PixelInput pixels, IEnumerable<DataViewSchema.Column> columns, LoadedModel model,
        ModelOutputs outputs, IReadOnlyList<uint> keys, int threads)
    {
        (_source, _pixels, _model, _keys, _id) = (source, pixels, model, keys, source.GetIdGetter());
        var makers = columns.Select(column => ColumnBuffer.Maker(source, column)).ToList();
        for (var i = 0; i < (threads * BatchesPerThread) + 1; i++)
        {
            _free.Add(new RowBatch(model.BatchSize, model, outputs, [.. makers.Select(make => make(model.BatchSize))]));
        }

        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true, Name = "mlvision scoring" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>The batch whose turn it is, or null at the end; waits for it. The rows before <see cref="Row"/> have been read.</summary>
    /// <exception cref="Exception">The source could not go on, or the model could not score.</exception>
    public RowBatch? Head
    {
        get
        {
            if (_head is null && _taken.TryTake(out var next, Timeout.Infinite))
            {
                next.Wait();
                (_head, Row) = (next, 0);
            }

            return _head;
        }
    }

    /// <summary>The row of <see cref="Head"/> whose turn it is.</summary>
    public int Row { get; private set; }

    /// <summary>Moves to the next row; the previous row's batch may be filled again.</summary>
    public void Advance()
    {
        if (_head is { } head && ++Row == head.Count)
        {
            _head = null;
            head.Clear();
            _free.Add(head);
        }
    }

    /// <summary>Stops, waits for running batches, and closes the cursor.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Array.ForEach(_threads, thread => thread.Join());
        _source.Dispose();
        _free.Dispose();
        _taken.Dispose();
        _stop.Dispose();
    }

    private void Work()
    {
        try
        {
            while (TakeAndScore(_free.Take(_stop.Token)))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has stopped.
        }
        catch (Exception e)
        {
            // Only the reader can report a thread's error.
            lock (_turn)
            {
                if (!_isAtEnd)
                {
                    End(new RowBatch(0, null, ModelOutputs.None, []), e);
                }
            }
        }
    }

    /// <summary>Fills a batch with rows and scores it; false where no rows are left.</summary>
    private bool TakeAndScore(RowBatch batch)
    {
        try
        {
            _model.Lanes.Run(
                (Reader: this, Batch: batch), static (work, lane) => work.Reader.Fill(work.Batch, lane),
                static (work, lane) => work.Batch.Take(lane, work.Reader._model, work.Reader._keys), _stop.Token);
            batch.Complete(null);
        }
        catch (Exception e) when (batch.Count > 0)
        {
            // Its rows are in the queue already: the reader hears of the error when it comes to them.
            batch.Complete(e);
        }

        return !_isAtEnd;
    }

    private void Fill(RowBatch batch, ScoringLane lane)
    {
        lock (_turn)
        {
            if (!_isAtEnd)
            {
                TakeRows(batch, lane);
            }
        }

        _pixels.Read(batch, lane);
    }

    private void TakeRows(RowBatch batch, ScoringLane lane)
    {
        try
        {
            while (batch.Count < batch.Capacity && _source.MoveNext())
            {
                var row = batch.Count++;
                batch.SourceBatches[row] = _source.Batch;
                _id(ref batch.Ids[row]);
                foreach (var column in batch.Columns)
                {
                    column.Take(row);
                }

                _pixels.Take(batch, row, lane);
            }
        }
        catch (Exception e)
        {
            // The rows read so far are valid; this error follows them.
            End(batch, e);
            return;
        }

        if (batch.Count < batch.Capacity)
        {
            End(batch, null);
        }
        else
        {
            _taken.Add(batch);
        }
    }

    private void End(RowBatch last, Exception? error)
    {
        _isAtEnd = true;
        if (last.Count > 0)
        {
            _taken.Add(last);
        }

        if (error is not null)
        {
            var failed = new RowBatch(0, null, ModelOutputs.None, []);
            failed.Complete(error);
            _taken.Add(failed);
        }

        _taken.CompleteAdding();
    }
}
