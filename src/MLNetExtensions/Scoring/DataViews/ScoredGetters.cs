using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The getters of the columns that scoring adds, for the current batch and row.</summary>
internal static class ScoredGetters
{
    /// <summary>Makes the getter of <c>Score</c> (vector of floats) or <c>PredictedLabel</c> (key).</summary>
    /// <param name="column">The column; its type decides.</param>
    /// <param name="current">The current batch and row.</param>
    /// <exception cref="InvalidOperationException">The column's values are of another type.</exception>
    public static ValueGetter<T> Make<T>(DataViewSchema.Column column, Func<(RowBatch Batch, int Row)> current)
    {
        Delegate getter = column.Type is KeyDataViewType
            ? new ValueGetter<uint>((ref uint value) =>
            {
                var (batch, row) = current();
                value = batch.Keys[row];
            })
            : new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                var (batch, row) = current();
                var scores = batch.Scores(row);
                var editor = VBufferEditor.Create(ref value, scores.Length);
                scores.CopyTo(editor.Values);
                value = editor.Commit();
            });
        return getter as ValueGetter<T> ?? throw CursorErrors.WrongType<T>(column);
    }
}
