using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>Scores single rows, as <c>PredictionEngine</c> asks for: with the same pixels and session, in batches of one.</summary>
internal sealed class BatchRowMapper(DataViewSchema input, DataViewSchema output, ScoringSource source, BatchScoringStep step)
    : IRowToRowMapper
{
    public DataViewSchema InputSchema => input;

    public DataViewSchema OutputSchema => output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = dependingColumns.Select(column => column.Index).ToHashSet();
        var scored = needed.RemoveWhere(index => index >= input.Count) > 0;
        if (scored)
        {
            needed.UnionWith(source.InputColumns(input).Select(column => column.Index));
        }

        return needed.Order().Select(index => input[index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new Row(input, output, source, step, [.. activeColumns]);

    private sealed class Row(
        DataViewRow source, DataViewSchema schema, ScoringSource pixels, BatchScoringStep step, IReadOnlyList<DataViewSchema.Column> active)
        : DataViewRow
    {
        private readonly HashSet<int> _active = [.. active.Select(column => column.Index)];
        private readonly RowBatch _batch = new(
            1, step.Model, ScoredGetters.OutputsOf(active.Where(column => column.Index >= source.Schema.Count)), []);
        private DataViewRow? _view;
        private PixelInput? _input;
        private long _scored = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<T> GetGetter<T>(DataViewSchema.Column column) => !IsColumnActive(column)
            ? throw CursorErrors.Inactive(column)
            : column.Index < source.Schema.Count
                ? source.GetGetter<T>(source.Schema[column.Index])
                : ScoredGetters.Make<T>(column, () => (Score(), 0));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (_view is not null && _view != source)
                {
                    _view.Dispose();
                }

                source.Dispose();
            }

            base.Dispose(disposing);
        }

        private RowBatch Score()
        {
            if (_scored == source.Position)
            {
                return _batch;
            }

            _view ??= pixels.ViewRow(source);
            _input ??= pixels.Bind(_view);
            step.Enter();
            try
            {
                _batch.Clear();
                _batch.Count = 1;
                step.Model.Lanes.Run(
                    (Batch: _batch, Input: _input, step.Model, step.Keys),
                    static (row, lane) =>
                    {
                        row.Input.Take(row.Batch, 0, lane);
                        row.Input.Read(row.Batch, lane);
                    },
                    static (row, lane) => row.Batch.Take(lane, row.Model, row.Keys), CancellationToken.None);
            }
            finally
            {
                step.Leave();
            }

            _scored = source.Position;
            if (_batch.Errors[0] is { } error)
            {
                step.Skipped?.Report(new SkippedImage(_batch.Names[0] ?? "0", error));
            }

            return _batch;
        }
    }
}
