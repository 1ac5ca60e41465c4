using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>
/// The chain of stock transformers that a fitted image classifier consists of. <see cref="Steps"/> is its one description: chains are
/// written, recognised, opened and saved by it.
/// </summary>
/// <remarks>
/// The way over the hash is there because the index leaves ONNX as a vector of one element, and <c>Hash</c> with <c>combine</c> is the one
/// stock transform that makes a scalar of a vector. Columns in between have names that begin with <c>mlvision.</c>, so that they hide no
/// column of the caller's, and are dropped at the end. What the model gives beside scores becomes columns of the names of its ports, which
/// are there only where the model has them.
/// </remarks>
internal static class StockChain
{
    public const string Score = ClassifierModel.Score;
    public const string PredictedLabel = "PredictedLabel";

    /// <summary>The column of pixels between the image transforms and the ONNX model.</summary>
    public const string Pixels = "mlvision.Pixels";

    /// <summary>The column of the best class's index, a vector of one element, between the ONNX model and the label.</summary>
    public const string Index = "mlvision.PredictedIndex";

    /// <summary>The column of that index's hash, a scalar.</summary>
    public const string IndexHash = "mlvision.IndexHash";

    /// <summary>The steps, in the order they run.</summary>
    public static IReadOnlyList<ChainStep> Steps { get; } =
    [
        new(
            ChainRole.Pixels, [typeof(ImageResizingTransformer), typeof(VectorToImageConvertingTransformer)], [], [PixelColumn.Square],
            parts => parts.Pixels?.ToSquare(parts.ML.Transforms)),
        new(
            ChainRole.Pixels, [typeof(ImagePixelExtractingTransformer), typeof(ColumnCopyingTransformer)], [PixelColumn.Square], [Pixels],
            parts => parts.Pixels?.ToPixels(parts.ML.Transforms, Pixels)),
        new(
            ChainRole.Scores, [typeof(OnnxTransformer)], [Pixels], [Score, Index],
            parts => parts.OnnxFile is { } file ? ApplyOnnx(parts.ML, file, parts.Outputs) : null),
        new(ChainRole.Label, [typeof(HashingTransformer)], [Index], [IndexHash], parts => parts.Labels.ToHash()),
        new(ChainRole.Label, [typeof(ValueMappingTransformer)], [IndexHash], [PredictedLabel], parts => parts.Labels.ToValue()),
        new(ChainRole.Label, [typeof(ValueToKeyMappingTransformer)], [PredictedLabel], [PredictedLabel], parts => parts.Labels.ToKey()),
        new(
            ChainRole.Cleanup, [typeof(ColumnSelectingTransformer)], [Pixels, Index, IndexHash], [],
            parts => parts.ML.Transforms.DropColumns([.. parts.Pixels?.TemporaryColumns ?? [], Pixels, Index, IndexHash])),
    ];

    /// <summary>The ports that an ONNX file names otherwise than the chain's columns: the file's name, then the column's.</summary>
    private static IReadOnlyList<(string File, string Column)> Ports { get; } =
        [(ClassifierModel.Pixels, Pixels), (ClassifierModel.PredictedIndex, Index)];

    /// <summary>The chain around an ONNX file that <see cref="WriteOnnx"/> wrote.</summary>
    /// <param name="ml">Where the steps are made.</param>
    /// <param name="pixels">The column that images or pixels come in.</param>
    /// <param name="onnxFile">The file.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="outputs">What the file's model gives beside scores.</param>
    /// <param name="score">Name of the column of scores.</param>
    /// <param name="predictedLabel">Name of the column of labels.</param>
    public static IEstimator<ITransformer> Create(
        MLEnvironment ml, PixelColumn pixels, string onnxFile, ClassLabels labels, ModelOutputs outputs = ModelOutputs.None,
        string score = Score, string predictedLabel = PredictedLabel)
    {
        var parts = new ChainParts(ml, pixels, onnxFile, LabelTable.Of(ml, labels), outputs);
        return Steps.Select(step => step.Write(parts)).Prepend(pixels.ToImages(ml.Transforms))
            .Concat(Rename(ml.Transforms, [(Score, score), (PredictedLabel, predictedLabel)])).OfType<IEstimator<ITransformer>>()
            .Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step));
    }

    /// <summary>The step that runs an ONNX file that <see cref="WriteOnnx"/> wrote.</summary>
    /// <param name="ml">Where the step is made.</param>
    /// <param name="onnxFile">The file.</param>
    /// <param name="outputs">What the file's model gives beside scores.</param>
    public static IEstimator<ITransformer> ApplyOnnx(MLEnvironment ml, string onnxFile, ModelOutputs outputs)
    {
        var scores = Steps.Single(step => step.Role == ChainRole.Scores);
        return ml.BuildOnnx(() => ml.Transforms.ApplyOnnxModel(
            [.. scores.Outputs, .. OutputPorts.Names(outputs)], [.. scores.Inputs], onnxFile));
    }

    /// <summary>The chain of an ONNX file of this product: a text column <c>ImagePath</c> in, scores and the label as text out.</summary>
    /// <param name="ml">Where the chain is made.</param>
    /// <param name="path">The file.</param>
    /// <param name="onnxFile">Path for a copy that the chain runs; keep it as long as the chain.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not a classifier written by this product.</exception>
    public static ITransformer OfFile(MLEnvironment ml, string path, string onnxFile)
    {
        var (model, metadata) = ClassifierModel.Load(path);
        WriteOnnx(model, onnxFile);
        try
        {
            return LoadImages(ml)
                .Append(Create(ml, ImagesOf(metadata), onnxFile, ClassLabels.FromNames(metadata.Labels), OutputPorts.Of(model)))
                .Append(LabelToText(ml))
                .Fit(ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>()));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            throw new ModelFileException(
                $"ONNX Runtime cannot run '{path}', which is damaged or of a newer kind than it knows{ForeignError.InBrackets(e)}.", e);
        }
    }

    /// <summary>The first step of the chain of an ONNX file.</summary>
    public static IEstimator<ITransformer> LoadImages(MLEnvironment ml) =>
        ml.Transforms.LoadImages(PixelColumn.Loaded, imageFolder: "", nameof(LabeledImage.ImagePath));

    /// <summary>The column that <see cref="LoadImages"/> makes.</summary>
    public static PixelColumn ImagesOf(ClassifierMetadata metadata) => PixelColumn.OfImages(PixelColumn.Loaded, metadata.ImageSize);

    /// <summary>The last step of the chain of an ONNX file.</summary>
    public static IEstimator<ITransformer> LabelToText(MLEnvironment ml) => ml.Transforms.Conversion.MapKeyToValue(PredictedLabel);

    /// <summary>
    /// Writes the model for the chain. Its inputs and outputs get the names of the chain's columns, because OnnxTransformer matches them by
    /// name.
    /// </summary>
    public static void WriteOnnx(ModelProto model, string path)
    {
        foreach (var (file, column) in Ports)
        {
            ClassifierModel.RenamePort(model, file, column);
        }

        AtomicFile.Write(path, stream => OnnxDigest.Write(model, stream));
    }

    /// <summary>Stock steps behind the classifier, whose own columns keep the names that <see cref="Steps"/> is recognised by.</summary>
    private static IEnumerable<IEstimator<ITransformer>> Rename(
        TransformsCatalog transforms, IReadOnlyList<(string Own, string Asked)> names)
    {
        var renamed = names.Where(name => name.Own != name.Asked).ToList();
        var dropped = renamed.Select(name => name.Own).Except(renamed.Select(name => name.Asked)).ToArray();
        // A column is copied before another one takes its name.
        foreach (var (own, asked) in renamed.OrderBy(name => renamed.Exists(other => other.Own == name.Asked)))
        {
            yield return transforms.CopyColumns(asked, own);
        }

        if (dropped.Length > 0)
        {
            yield return transforms.DropColumns(dropped);
        }
    }

    /// <summary>Gives the model's inputs and outputs their original names again.</summary>
    public static void RestorePorts(ModelProto model)
    {
        foreach (var (file, column) in Ports)
        {
            ClassifierModel.RenamePort(model, column, file);
        }
    }
}
