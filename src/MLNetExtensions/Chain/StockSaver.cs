using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Keeps what is needed to save a batched classifier as its stock chain: the stock steps, and the ONNX model in a file.</summary>
/// <remarks>The stock ONNX transformer itself holds a session and the parsed model, so it is made when something is saved.</remarks>
internal sealed class StockSaver : IDisposable
{
    private readonly MLContext _ml;
    private readonly StockSteps _steps;
    private readonly string _name;
    private readonly TemporaryFolder _files = new();

    /// <summary>Copies the ONNX model to a file.</summary>
    public StockSaver(MLContext ml, StockSteps steps, ModelContent model)
    {
        (_ml, _steps, _name) = (ml, steps, model.ToString());
        try
        {
            using var copy = File.Create(OnnxFile);
            copy.Write(model.Bytes.Span);
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    private string OnnxFile => _files.File("model.onnx");

    /// <summary>Writes the stock chain.</summary>
    /// <param name="ctx">Where to.</param>
    /// <param name="imageSize">Width and height of the model's input.</param>
    /// <exception cref="ModelFileException">A step of the chain could not be loaded, so that it cannot be saved either;
    /// or the model lacks an output that the chain reads.</exception>
    public void Save(ModelSaveContext ctx, int imageSize)
    {
        if (_steps.LeftOut is { } reason)
        {
            throw new ModelFileException($"The chain cannot be saved, because a step of it is missing: {reason}");
        }

        using var files = new TemporaryFolder();
        var onnxFile = files.File("chain.onnx");
        var model = ReadOnnx();
        StockChain.WriteOnnx(model, onnxFile);
        var pixels = SchemaDefinition.Create(typeof(PixelRow));
        pixels[StockChain.Pixels].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, imageSize, imageSize, Rgb.Channels);
        var rows = _ml.Data.LoadFromEnumerable(Array.Empty<PixelRow>(), pixels);
        var scores = StockChain.ApplyOnnx(MLEnvironment.Of(_ml.Transforms), onnxFile, OutputPorts.Of(model)).Fit(rows);
        using var session = scores as IDisposable;
        ICanSaveModel chain = new TransformerChain<ITransformer>(
            [.. _steps.Before, .. _steps.Pixels, scores, .. _steps.Label, .. _steps.Cleanup, .. _steps.After]);
        chain.Save(ctx);
    }

    /// <summary>Writes the ONNX model, its ports named as in a file of its own.</summary>
    /// <exception cref="ModelFileException">The model lacks an output.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveOnnx(string path) => AtomicFile.Write(path, stream => OnnxDigest.Write(ReadOnnx(), stream));

    public void Dispose() => _files.Dispose();

    private ModelProto ReadOnnx()
    {
        var (model, _) = ClassifierModel.Read(OnnxModel.OfBytes(File.ReadAllBytes(OnnxFile), _name, "chain").Parse(), _name);
        StockChain.RestorePorts(model);
        return model.Graph.Output.Any(port => port.Name == ClassifierModel.PredictedIndex)
            ? model
            : throw new ModelFileException(
                $"{_name} has no output {ClassifierModel.PredictedIndex}, which a saved chain needs; export the model anew.");
    }

    private sealed class PixelRow
    {
        [ColumnName(StockChain.Pixels)]
        public VBuffer<byte> Pixels { get; set; }
    }
}
