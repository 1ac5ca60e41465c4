using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Keeps what it takes to save a batched classifier as its stock chain: the stock steps, and the ONNX model in a file.</summary>
/// <remarks>The stock ONNX transformer itself holds a session and the parsed model, so it is made again when something is saved.</remarks>
internal sealed class StockSaver : IDisposable
{
    private const string OnnxEntry = "OnnxModel";

    private readonly MLContext _ml;
    private readonly StockSteps _steps;
    private readonly TemporaryFolder _files = new();

    /// <summary>Writes the ONNX model of the steps, whose ONNX transformer is not needed afterwards, to a file.</summary>
    public StockSaver(MLContext ml, StockSteps steps)
    {
        (_ml, _steps) = (ml, steps);
        try
        {
            // ML.NET gives the model's bytes away only by saving them.
            var zip = _files.File("onnx.zip");
            ml.Model.Save(steps.Onnx, inputSchema: null, zip);
            using (var archive = ZipFile.OpenRead(zip))
            using (var saved = archive.Entries.Single(entry => entry.Name == OnnxEntry).Open())
            using (var onnx = File.Create(OnnxFile))
            {
                saved.ReadExactly(stackalloc byte[sizeof(int)]);    // the length
                saved.CopyTo(onnx);
            }

            File.Delete(zip);
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    /// <summary>The model, its ports named as <see cref="StockChain.WriteOnnx"/> names them.</summary>
    public string OnnxFile => _files.File("model.onnx");

    /// <summary>Writes the stock chain.</summary>
    /// <param name="ctx">Where to.</param>
    /// <param name="metadata">What the model says of itself.</param>
    public void Save(ModelSaveContext ctx, ClassifierMetadata metadata)
    {
        using var onnx = Reopen(metadata.ImageSize);
        ICanSaveModel chain = new TransformerChain<ITransformer>(
            [.. _steps.Before, .. _steps.Pixels, onnx, .. _steps.Label, _steps.Cleanup, .. _steps.After]);
        chain.Save(ctx);
    }

    public void Dispose() => _files.Dispose();

    private OnnxTransformer Reopen(int imageSize)
    {
        var pixels = SchemaDefinition.Create(typeof(PixelRow));
        pixels[StockChain.Pixels].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, imageSize, imageSize, Rgb.Channels);
        var rows = _ml.Data.LoadFromEnumerable(Array.Empty<PixelRow>(), pixels);
        return _ml.Transforms.ApplyOnnxModel([StockChain.Score, StockChain.Index], [StockChain.Pixels], OnnxFile).Fit(rows);
    }

    private sealed class PixelRow
    {
        [ColumnName(StockChain.Pixels)]
        public VBuffer<byte> Pixels { get; set; }
    }
}
