using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>Returns the rows that were read and scored in advance, in the source's order.</summary>
/// <remarks>
/// Several cursors of the source are merged as ML.NET defines it: each row has the number of its batch, and the cursor with the smallest
/// number is next.
/// </remarks>
internal sealed class BatchCursor : DataViewRowCursor
{
    private readonly DataViewSchema _schema;
    private readonly int[] _slots;
    private readonly ModelOutputs _outputs;
    private readonly IReadOnlyList<ReadAhead> _sources;
    private readonly IProgress<SkippedImage>? _skipped;
    private readonly Action _close;
    private ReadAhead? _current;
    private long _position = -1;
    private bool _isDisposed;

    /// <param name="schema">The schema after scoring.</param>
    /// <param name="slots">For each column of the source its index in the batches, or -1 if it is not needed; score columns are not
    /// included.</param>
    /// <param name="outputs">What the batches hold beside scores.</param>
    /// <param name="sources">The readers; this object disposes of them.</param>
    /// <param name="skipped">Receives rows whose images cannot be read, or null.</param>
    /// <param name="close">Called once, at the end.</param>
    public BatchCursor(
        DataViewSchema schema, int[] slots, ModelOutputs outputs, IReadOnlyList<ReadAhead> sources, IProgress<SkippedImage>? skipped,
        Action close)
    {
        (_schema, _slots, _outputs, _sources, _skipped, _close) = (schema, slots, outputs, sources, skipped, close);
    }

    public override DataViewSchema Schema => _schema;

    public override long Position => _position;

    /// <summary>There is only this cursor, so there is nothing to sort.</summary>
    public override long Batch => 0;

    private RowBatch Rows =>
        _position < 0 ? throw new InvalidOperationException("The cursor is at no row: call MoveNext first.") : _current!.Head!;

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var previous = _current?.Head?.SourceBatches[_current.Row];
        _current?.Advance();
        if (_current?.Head is not { } head || head.SourceBatches[_current.Row] != previous)
        {
            _current = _sources.Count == 1
                ? _sources[0] : _sources.MinBy(source => source.Head?.SourceBatches[source.Row] ?? long.MaxValue);
        }

        if (_current?.Head is not { } rows)
        {
            (_current, _position) = (null, -1);
            return false;
        }

        _position++;
        if (rows.Errors[_current.Row] is { } error)
        {
            _skipped?.Report(new SkippedImage(
                rows.Names[_current.Row] ?? _position.ToString(System.Globalization.CultureInfo.InvariantCulture), error));
        }

        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = Rows.Ids[_current!.Row];

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _slots.Length
        ? _slots[column.Index] >= 0 : _outputs.HasFlag(ScoredGetters.OutputOf(column));

    public override ValueGetter<T> GetGetter<T>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw CursorErrors.Inactive(column);
        }

        if (column.Index >= _slots.Length)
        {
            return ScoredGetters.Make<T>(column, () => (Rows, _current!.Row));
        }

        var slot = _slots[column.Index];
        return column.Type.RawType == typeof(T)
            ? (ref T value) => ColumnBuffer.Read(Rows.Columns[slot], _current!.Row, ref value)
            : throw CursorErrors.WrongType<T>(column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            foreach (var source in _sources)
            {
                source.Dispose();
            }

            _close();
        }

        base.Dispose(disposing);
    }
}
