using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>
/// An image classifier that scores data views in batches, on all cores and before the rows are read, with the columns of its stock chain.
/// </summary>
/// <remarks>
/// A row whose image cannot be read does not affect other rows: it has NaN scores and a missing predicted label, which is ML.NET's form for
/// unknown values and is left out by its evaluators, and it is reported if the caller asked for it. Saving writes the stock chain. Dispose
/// it when done: it holds an ONNX session and a temporary file. Cursors that are open then finish first.
/// </remarks>
public sealed class BatchScoringTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;
    private readonly StockSteps _steps;
    private readonly LoadedModel _model;
    private readonly StockSaver _saver;

    private BatchScoringTransformer(TransformerChain<ITransformer> chain, StockSteps steps, LoadedModel model, StockSaver saver) =>
        (_chain, _steps, _model, _saver) = (chain, steps, model, saver);

    /// <summary>Class names in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => _model.Metadata.Labels;

    /// <summary>Architecture, input size and normalisation, from the model's metadata.</summary>
    public ClassifierMetadata Metadata => _model.Metadata;

    /// <summary>What the model runs on.</summary>
    public ComputeDevice Device => _model.Device;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The columns after scoring, those of the stock chain.</summary>
    /// <exception cref="ColumnMismatchException">A column that the chain reads is missing.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) =>
        Apply(inputSchema, () => _chain.GetOutputSchema(inputSchema));

    /// <summary>Adds the scores, lazily.</summary>
    /// <exception cref="ColumnMismatchException">A column that the chain reads is missing.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Apply(input.Schema, () => _chain.Transform(input));
    }

    /// <summary>Writes the network as an ONNX file, with its metadata: what is inside the zip that it was loaded from.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The model lacks an output that such files have.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveOnnx(string path) => _saver.SaveOnnx(path);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        Apply(inputSchema, () => ((ITransformer)_chain).GetRowToRowMapper(inputSchema));

    void ICanSaveModel.Save(ModelSaveContext ctx) => _saver.Save(ctx, Metadata.ImageSize);

    /// <summary>Releases the ONNX session, after the last open cursor, and deletes the temporary file.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _saver.Dispose();
    }

    /// <summary>Scores with a model, within the steps that it came with; around one that came as itself they are made.</summary>
    /// <param name="content">The model.</param>
    /// <param name="metricsName">What its measurements are tagged with.</param>
    /// <param name="options">How to score.</param>
    /// <param name="skipped">Receives rows whose images cannot be read, or null.</param>
    /// <exception cref="ModelFileException">The model is damaged, or not an image classifier of this product.</exception>
    internal static BatchScoringTransformer Create(
        ModelContent content, string metricsName, ImageScoringOptions options, IProgress<SkippedImage>? skipped)
    {
        options.Validate();
        var ml = new MLContext();
        StockSaver? saver = null;
        var model = LoadedModel.Open(content, options, metricsName);
        try
        {
            var steps = FittedSteps.Complete(MLEnvironment.Of(ml.Model), content.Chain, model.Metadata);
            saver = new StockSaver(ml, steps, content);
            var step = new BatchScoringStep(steps, new ScoredColumns(ml, steps, model), model, skipped);
            return new BatchScoringTransformer(
                new TransformerChain<ITransformer>([.. steps.Before, step, .. steps.After]), steps, model, saver);
        }
        catch (Exception e)
        {
            model.Dispose();
            saver?.Dispose();
            if (e is ArgumentException or InvalidOperationException)
            {
                // What ML.NET's transformers throw for a column that is missing or of another type.
                throw new ModelFileException($"{content} is damaged: its steps do not fit together{ForeignError.InBrackets(e)}.", e);
            }

            throw;
        }
    }

    /// <summary>Applies the chain to a schema; ML.NET's own message about a missing column does not say which there are.</summary>
    private T Apply<T>(DataViewSchema input, Func<T> apply)
    {
        try
        {
            return apply();
        }
        catch (ArgumentException) when (_steps.WhyUnfit(input) is not null)
        {
            throw new ColumnMismatchException(_steps.WhyUnfit(input)!);
        }
    }
}
