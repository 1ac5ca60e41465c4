using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The step of a chain that replaces the stock steps between image and predicted label, and scores in batches.</summary>
internal sealed class BatchScoringStep(StockSteps steps, ScoredColumns columns, LoadedModel model, IProgress<SkippedImage>? skipped)
    : ITransformer
{
    /// <summary>What scores.</summary>
    public LoadedModel Model => model;

    /// <summary>The key of each class.</summary>
    public IReadOnlyList<uint> Keys => columns.Keys;

    /// <summary>Receives rows whose images cannot be read.</summary>
    public IProgress<SkippedImage>? Skipped => skipped;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Keeps the model open until <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">The model is closed.</exception>
    public void Enter() => ObjectDisposedException.ThrowIf(!model.TryEnter(), typeof(BatchScoringTransformer));

    /// <summary>Releases the model after <see cref="Enter"/>.</summary>
    public void Leave() => model.Leave();

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _ = ScoringSource.Of(steps, model, inputSchema);
        return columns.AddTo(inputSchema);
    }

    public IDataView Transform(IDataView input) =>
        new BatchView(input, columns.AddTo(input.Schema), ScoringSource.Of(steps, model, input.Schema, input), this);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        new BatchRowMapper(inputSchema, columns.AddTo(inputSchema), ScoringSource.Of(steps, model, inputSchema), this);

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw new NotSupportedException(
            "A step of a batched classifier is not saved by itself; save the whole, which is saved as its stock chain.");
}
