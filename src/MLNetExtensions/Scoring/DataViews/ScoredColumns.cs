using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The columns that an image classifier adds, as its stock chain describes them, and the key of each class.</summary>
internal sealed class ScoredColumns
{
    private readonly DataViewSchema.DetachedColumn _score;
    private readonly DataViewSchema.DetachedColumn _predictedLabel;

    /// <summary>Asks the stock steps, which are not needed afterwards.</summary>
    public ScoredColumns(MLContext ml, StockSteps steps, ClassifierMetadata metadata)
    {
        var pixels = new DataViewSchema.Builder();
        pixels.AddColumn(
            StockChain.Pixels, new VectorDataViewType(NumberDataViewType.Byte, metadata.ImageSize, metadata.ImageSize, Rgb.Channels));
        var names = metadata.Labels.Select(label => label.AsMemory()).ToArray();
        var slots = new DataViewSchema.Annotations.Builder();
        slots.Add(
            "SlotNames", new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> target) => new VBuffer<ReadOnlyMemory<char>>(names.Length, names).CopyTo(ref target));
        _score = new DataViewSchema.DetachedColumn(
            StockChain.Score, steps.Onnx.GetOutputSchema(pixels.ToSchema())[StockChain.Score].Type, slots.ToAnnotations());

        // Every class goes through the stock steps once; scoring looks the result up.
        var indices = ml.Data.LoadFromEnumerable(Enumerable.Range(0, names.Length).Select(i => new IndexRow { Index = [i] }).ToArray());
        var labelled = steps.Label.Aggregate(indices, (view, step) => step.Transform(view));
        var label = labelled.Schema[StockChain.PredictedLabel];
        _predictedLabel = new DataViewSchema.DetachedColumn(label);
        Keys = [.. labelled.GetColumn<uint>(label)];
    }

    /// <summary>The key of each class, counted from 1, in the order of the scores; 0 stands for a missing label.</summary>
    public IReadOnlyList<uint> Keys { get; }

    /// <summary>The schema after scoring: all columns of the input, then <c>Score</c> and <c>PredictedLabel</c>.</summary>
    public DataViewSchema AddTo(DataViewSchema input)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns([_score, _predictedLabel]);
        return builder.ToSchema();
    }

    private sealed class IndexRow
    {
        [VectorType(1, 1)]
        [ColumnName(StockChain.Index)]
        public long[] Index { get; set; } = [];
    }
}
