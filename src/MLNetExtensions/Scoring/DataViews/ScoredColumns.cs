using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The columns that an image classifier adds, as its stock chain describes them, and the key of each class.</summary>
internal sealed class ScoredColumns
{
    private readonly DataViewSchema.DetachedColumn _score;
    private readonly DataViewSchema.DetachedColumn _predictedLabel;
    private readonly DataViewSchema.DetachedColumn[] _outputs;

    /// <summary>Takes the description from the stock steps, which are not needed afterwards.</summary>
    public ScoredColumns(MLContext ml, StockSteps steps, LoadedModel model)
    {
        var names = model.Metadata.Labels.Select(label => label.AsMemory()).ToArray();
        var slots = new DataViewSchema.Annotations.Builder();
        slots.Add(
            "SlotNames", new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> target) => new VBuffer<ReadOnlyMemory<char>>(names.Length, names).CopyTo(ref target));
        // ML.NET's transformer puts 1 in place of a number of images that is not fixed.
        _score = new DataViewSchema.DetachedColumn(
            StockChain.Score, new VectorDataViewType(NumberDataViewType.Single, 1, names.Length), slots.ToAnnotations());
        _outputs = [.. OutputPorts.Each(model.Outputs).Select(output => new DataViewSchema.DetachedColumn(
            output.ToString(), new VectorDataViewType(NumberDataViewType.Single, (int[])[1, .. model.ShapeOf(output)])))];

        // Runs every class through the stock steps once; scoring then looks the result up.
        var labelled = steps.Label.Aggregate(IndexRow.View(ml.Data, names.Length), (view, step) => step.Transform(view));
        var label = labelled.Schema[StockChain.PredictedLabel];
        _predictedLabel = new DataViewSchema.DetachedColumn(label);
        Keys = [.. labelled.GetColumn<uint>(label)];
    }

    /// <summary>The key of each class, counted from 1, in the order of the scores; 0 stands for a missing label.</summary>
    public IReadOnlyList<uint> Keys { get; }

    /// <summary>
    /// The schema after scoring: all columns of the input, then <c>Score</c>, what the model gives beside it, and <c>PredictedLabel</c>.
    /// </summary>
    public DataViewSchema AddTo(DataViewSchema input)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns([_score, .. _outputs, _predictedLabel]);
        return builder.ToSchema();
    }
}
