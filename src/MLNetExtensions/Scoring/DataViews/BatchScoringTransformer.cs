using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>
/// An image classifier that scores data views in batches, on all cores and ahead of who reads them, with the columns of its stock chain.
/// </summary>
/// <remarks>
/// A row whose image cannot be read costs no other row: it has scores that are not numbers and a missing predicted label, as ML.NET
/// represents what it does not know and its evaluators leave out, and is reported to who asked for it. Saving writes the stock chain.
/// Dispose it when done: it holds an ONNX session and a temporary file. Cursors that are open then finish first.
/// </remarks>
public sealed class BatchScoringTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly LoadedModel _model;
    private readonly StockSaver _saver;

    private BatchScoringTransformer(TransformerChain<ITransformer> chain, LoadedModel model, StockSaver saver) =>
        (_chain, _model, _saver) = (chain, model, saver);

    /// <summary>Class names in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => _model.Metadata.Labels;

    /// <summary>Architecture, input size and normalisation: what the model says of itself.</summary>
    public ClassifierMetadata Metadata => _model.Metadata;

    /// <summary>What the model runs on.</summary>
    public ComputeDevice Device => _model.Device;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The columns after scoring, those of the stock chain.</summary>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <summary>Adds the scores, lazily.</summary>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => _saver.Save(ctx, Metadata);

    /// <summary>Releases the ONNX session, after the last open cursor, and deletes the temporary file.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _saver.Dispose();
    }

    /// <summary>Replaces the classifier within a stock chain.</summary>
    /// <param name="stock">The chain. Its steps but the classifier's are used on; its ONNX transformer is not needed afterwards.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">How to score.</param>
    /// <param name="skipped">Hears of rows whose images cannot be read, or null.</param>
    /// <exception cref="ModelFileException">There is no classifier made by this product in the chain, or its steps do not fit.</exception>
    internal static BatchScoringTransformer Create(
        ITransformer stock, string name, ImageScoringOptions options, IProgress<SkippedImage>? skipped)
    {
        options.Validate();
        var steps = StockSteps.Of(stock, name);
        var ml = new MLContext();
        StockSaver? saver = null;
        LoadedModel? model = null;
        try
        {
            saver = new StockSaver(ml, steps);
            model = LoadedModel.Open(ModelContent.OfFile(saver.OnnxFile), options, name);
            var step = new BatchScoringStep(steps, new ScoredColumns(ml, steps, model.Metadata), model, skipped);
            return new BatchScoringTransformer(new TransformerChain<ITransformer>([.. steps.Before, step, .. steps.After]), model, saver);
        }
        catch (Exception e)
        {
            model?.Dispose();
            saver?.Dispose();
            if (e is ArgumentException or InvalidOperationException)
            {
                // What ML.NET's transformers throw for a column that is missing or of another type.
                throw new ModelFileException($"{name} is damaged: its steps do not fit together{ForeignError.InBrackets(e)}.", e);
            }

            throw;
        }
    }
}
