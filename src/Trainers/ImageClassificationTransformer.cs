using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.DataViews;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Training.Trust;
using MLVision.Trainers.Weights.Files;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers;

/// <summary>
/// A trained image classifier: adds <c>Score</c>, what else <see cref="ImageTrainingOptions.Outputs"/> asked for, and
/// <c>PredictedLabel</c>.
/// </summary>
/// <remarks>
/// Inside is a chain of stock ML.NET transformers, and that chain is what <c>Model.Save</c> writes: a saved model loads in any ML.NET app,
/// without this library. It scores pictures as they are stored, and truncated files as far as they can be decoded; <see cref="ToBatched"/>
/// turns rotated pictures and skips truncated files, as training does. Dispose it when done: it holds an ONNX session and a temporary file.
/// </remarks>
public sealed class ImageClassificationTransformer : ITransformer, IStockChainOwner, IDisposable
{
    private readonly ITransformer _chain;
    private readonly TemporaryFolder _files;
    private readonly string _onnxFile;
    private readonly string _memoryFile;

    private ImageClassificationTransformer(
        ITransformer chain, TemporaryFolder files, string onnxFile, ClassifierMetadata metadata,
        IReadOnlyList<EpochSummary> history, TrainingFacts facts, TrainingImages images)
    {
        (_chain, _files, _onnxFile, _memoryFile) = (chain, files, onnxFile, files.File(ClassMemory.FileName));
        (Metadata, History, Training) = (metadata, history, facts);
        (SkippedImages, TurnedImages) = (images.Skipped, images.TurnedImages);
    }

    /// <summary>Class names in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => Metadata.Labels;

    /// <summary>Architecture, input size and normalisation, from the ONNX file's metadata.</summary>
    public ClassifierMetadata Metadata { get; }

    /// <summary>The results of each epoch of training.</summary>
    public IReadOnlyList<EpochSummary> History { get; }

    /// <summary>How the model was trained: the recipe with all its values, the device, and which images were held out.</summary>
    public TrainingFacts Training { get; }

    /// <summary>
    /// How the probabilities were fitted to held-out images; null where the temperature is 1, because there were too few of them, all were
    /// right, or it was not asked for. The log says which.
    /// </summary>
    public CalibrationSummary? Calibration { get; private init; }

    /// <summary>Images that could not be read and were left out of training.</summary>
    public IReadOnlyList<SkippedImage> SkippedImages { get; }

    /// <summary>Number of training images that are stored rotated and were turned upright, as EXIF says.</summary>
    /// <remarks>The stock chain in here, which is what is saved, does not turn such images.</remarks>
    public int TurnedImages { get; }

    bool ITransformer.IsRowToRowMapper => true;

    ITransformer IStockChainOwner.Chain => _chain;

    /// <summary>Writes the ONNX file: pixels in, scores out. An existing file is replaced when the new one is complete.</summary>
    /// <exception cref="ImageClassificationException">The file's name has the ending of another format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <example>
    /// <code>
    /// var model = mlContext.Transforms.ImageClassifier().Fit(images);
    /// model.SaveOnnx("model.onnx");
    /// </code>
    /// </example>
    public void SaveOnnx(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OutputFile.ThrowUnlessNamed(path, ClassifierModel.Ending);
        var model = ReadOnnx();
        StockChain.RestorePorts(model);
        AtomicFile.Write(path, stream => OnnxDigest.Write(model, stream));
    }

    /// <summary>Writes the trained weights in the safetensors format, under the names that PyTorch's models use.</summary>
    /// <remarks>
    /// PyTorch loads the file with <c>load_state_dict(strict=True)</c>; batch norm's step counter, which it does not need, is left out.
    /// </remarks>
    /// <exception cref="ImageClassificationException">The file's name has the ending of another format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveWeights(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OutputFile.ThrowUnlessNamed(path, ".safetensors");
        // Weights have the dotted names of the state dictionary; the graph's own constants have no dot.
        var weights = ReadOnnx().Graph.Initializer.Where(tensor => tensor.Name.Contains('.', StringComparison.Ordinal)).ToList();
        // A temperature belongs to the decision, not to weights, whose logits are as they are.
        var about = (Metadata with { Temperature = 1, FamiliarityImages = 0 }).ToProperties().ToDictionary(p => p.Key, p => p.Value);
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, weights, about));
    }

    /// <summary>
    /// Writes the features of a few images of each class in the safetensors format, so that <see cref="ImageTrainingOptions.AddClasses"/>
    /// can add classes to this model without its images. Name the file <c>classes.safetensors</c> and keep it beside the model.
    /// </summary>
    /// <exception cref="ImageClassificationException">
    /// The file's name has the ending of another format, or <see cref="ImageTrainingOptions.RememberedImages"/> was 0.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveClassMemory(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OutputFile.ThrowUnlessNamed(path, ".safetensors");
        if (!File.Exists(_memoryFile))
        {
            throw new ImageClassificationException(
                $"There is no class memory to save: {nameof(ImageTrainingOptions.RememberedImages)} was 0 in training.");
        }

        AtomicFile.Write(path, stream =>
        {
            using var memory = File.OpenRead(_memoryFile);
            memory.CopyTo(stream);
        });
    }

    /// <summary>Writes the history of the training as JSON: architecture, classes, every epoch, calibration, images left out.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveMetrics(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var report = new { Metadata.Architecture, Metadata.ImageSize, Labels, Epochs = History, Calibration, SkippedImages, TurnedImages };
        AtomicFile.Write(path, stream => System.Text.Json.JsonSerializer.Serialize(stream, report, TrainingReport.Json));
    }

    /// <summary>
    /// Writes <see cref="History"/> as CSV: a row per epoch, numbers with a decimal point, empty values where nothing was measured.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveHistory(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            TrainingReport.WriteCsv(writer, History);
        });
    }

    /// <summary>The same classifier, scoring in batches on all cores before the rows are read; it saves as this one does.</summary>
    /// <param name="options">How to score; null for the defaults.</param>
    /// <param name="skipped">Receives rows whose images cannot be read; null for none.</param>
    /// <returns>A new transformer that the caller disposes of; this one may be disposed of first.</returns>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    public BatchScoringTransformer ToBatched(ImageScoringOptions? options = null, IProgress<SkippedImage>? skipped = null) =>
        BatchScoringTransformer.Create(
            ModelContent.OfChain(this, $"The model '{Metadata.Architecture}'"), Metadata.Architecture,
            options ?? new ImageScoringOptions(), skipped);

    /// <summary>The columns after scoring.</summary>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <summary>Adds the scores, lazily.</summary>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _chain.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => _chain.Save(ctx);

    /// <summary>Releases the ONNX session and deletes the temporary file.</summary>
    public void Dispose()
    {
        (_chain as IDisposable)?.Dispose();
        _files.Dispose();
    }

    internal static ImageClassificationTransformer Wrap(
        MLEnvironment ml, IDataView input, TrainingImages images, Module<Tensor, Tensor> network, ClassifierMetadata metadata,
        IReadOnlyList<EpochSummary> history, TrainingFacts facts, CalibrationSummary? calibration, FamiliarityReference? familiarity,
        ClassMemory memory, ImageTrainingOptions options)
    {
        var files = new TemporaryFolder();
        try
        {
            var onnxFile = files.File("model.onnx");
            OnnxExporter.Export(network, metadata, model => StockChain.WriteOnnx(model, onnxFile), options.Outputs, familiarity);
            if (memory.Rows.Count > 0)
            {
                ClassMemoryFile.Write(files.File(ClassMemory.FileName), memory);
            }

            options.CancellationToken.ThrowIfCancellationRequested();
            var chain = StockChain.Create(
                ml, images.Pixels, onnxFile, images.Labels, options.Outputs, options.ScoreColumnName, options.PredictedLabelColumnName)
                .Fit(input);
            return new ImageClassificationTransformer(chain, files, onnxFile, metadata, history, facts, images)
            {
                Calibration = calibration,
            };
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private ModelProto ReadOnnx() => ModelContent.OfFile(_onnxFile).Parse();
}
