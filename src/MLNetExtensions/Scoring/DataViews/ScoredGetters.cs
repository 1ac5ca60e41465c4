using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The getters of the columns that scoring adds, for the current batch and row.</summary>
internal static class ScoredGetters
{
    /// <summary>Makes the getter of <c>PredictedLabel</c> (key), <c>Score</c> or another output of the model (vectors of floats).</summary>
    /// <param name="column">The column; its type decides, and of vectors its name.</param>
    /// <param name="current">The current batch and row.</param>
    /// <exception cref="InvalidOperationException">The column's values are of another type.</exception>
    public static ValueGetter<T> Make<T>(DataViewSchema.Column column, Func<(RowBatch Batch, int Row)> current)
    {
        var output = OutputOf(column);
        Delegate getter = column.Type is KeyDataViewType
            ? new ValueGetter<uint>((ref uint value) =>
            {
                var (batch, row) = current();
                value = batch.Keys[row];
            })
            : new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                var (batch, row) = current();
                var values = batch.Values(output, row);
                var editor = VBufferEditor.Create(ref value, values.Length);
                values.CopyTo(editor.Values);
                value = editor.Commit();
            });
        return getter as ValueGetter<T> ?? throw CursorErrors.WrongType<T>(column);
    }

    /// <summary>Which output's values a column holds; none for those of the scores.</summary>
    public static ModelOutputs OutputOf(DataViewSchema.Column column) => OutputPorts.Among([column.Name]);

    /// <summary>The outputs of which some columns hold values, which are those that scoring adds.</summary>
    public static ModelOutputs OutputsOf(IEnumerable<DataViewSchema.Column> columns) =>
        columns.Aggregate(ModelOutputs.None, (all, column) => all | OutputOf(column));
}
