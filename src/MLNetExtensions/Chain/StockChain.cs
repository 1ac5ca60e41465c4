using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The chain of stock transformers that a fitted image classifier consists of.</summary>
/// <remarks>
/// Image → resized square → pixels → ONNX (<c>Score</c>, index of the best class) → hash of the index → label → key. The detour
/// over the hash is there because the index leaves ONNX as a vector of one element, and <c>Hash</c> with <c>combine</c> is the
/// one stock transform that makes a scalar of a vector. Columns in between bear the prefix <c>mlvision.</c>, so that no column of
/// the caller's is shadowed, and are dropped at the end.
/// </remarks>
internal static class StockChain
{
    public const string Score = ClassifierModel.Score;
    public const string PredictedLabel = "PredictedLabel";

    /// <summary>The column of pixels between the image transforms and the ONNX model.</summary>
    public const string Pixels = "mlvision.Pixels";

    /// <summary>The column of the best class's index, a vector of one element, between the ONNX model and the label.</summary>
    public const string Index = "mlvision.PredictedIndex";

    private const string IndexHash = "mlvision.IndexHash";
    private const int HashBits = 31;

    /// <summary>The chain around an ONNX file that <see cref="WriteOnnx"/> wrote.</summary>
    public static IEstimator<ITransformer> Create(MLEnvironment ml, PixelColumn pixels, string onnxFile, ClassLabels labels)
    {
        var transforms = ml.Transforms;
        var (hash, hashes) = DistinctHashes(ml, labels.Count);
        var table = labels.Table(ml.Data, hashes);
        return pixels.Extract(transforms, Pixels)
            .Append(ml.BuildOnnx(() => transforms.ApplyOnnxModel([Score, Index], [Pixels], onnxFile)))
            .Append(hash)
            .Append(transforms.Conversion.MapValue(PredictedLabel, table, table.Schema["Hash"], table.Schema["Value"], IndexHash))
            .Append(transforms.Conversion.MapValueToKey(
                PredictedLabel, keyData: transforms.SelectColumns("Value").Fit(table).Transform(table)))
            .Append(transforms.DropColumns([.. pixels.TemporaryColumns, Pixels, Index, IndexHash]));
    }

    /// <summary>The chain of an ONNX file of this product: a text column <c>ImagePath</c> in, scores and the label as text out.</summary>
    /// <param name="ml">Where the chain is made.</param>
    /// <param name="path">The file.</param>
    /// <param name="onnxFile">Where a copy for the chain to run goes; to be kept as long as the chain.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no classifier written by this product.</exception>
    public static ITransformer OfFile(MLEnvironment ml, string path, string onnxFile)
    {
        const string Image = "mlvision.Image";
        var (model, metadata) = ClassifierModel.Load(path);
        WriteOnnx(model, onnxFile);
        try
        {
            var chain = Create(ml, PixelColumn.OfImages(Image, metadata.ImageSize), onnxFile, ClassLabels.FromNames(metadata.Labels));
            return ml.Transforms.LoadImages(Image, imageFolder: "", nameof(LabeledImage.ImagePath))
                .Append(chain)
                .Append(ml.Transforms.Conversion.MapKeyToValue(PredictedLabel))
                .Fit(ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>()));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            throw new ModelFileException(
                $"ONNX Runtime cannot run '{path}', which is damaged or of a newer kind than it knows{ForeignError.InBrackets(e)}.", e);
        }
    }

    /// <summary>
    /// Writes the model for the chain to run. Its ports get the names of the chain's columns: OnnxTransformer joins them by name.
    /// </summary>
    public static void WriteOnnx(ModelProto model, string path)
    {
        ClassifierModel.RenamePort(model, ClassifierModel.Pixels, Pixels);
        ClassifierModel.RenamePort(model, ClassifierModel.PredictedIndex, Index);
        AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>Gives the model's ports the names of the file's contract again.</summary>
    public static void RestorePorts(ModelProto model)
    {
        ClassifierModel.RenamePort(model, Pixels, ClassifierModel.Pixels);
        ClassifierModel.RenamePort(model, Index, ClassifierModel.PredictedIndex);
    }

    /// <summary>
    /// Looks for a seed under which all class indices hash to different numbers; with 31 bits the first one nearly always does.
    /// </summary>
    private static (IEstimator<ITransformer> Hash, IReadOnlyList<uint> Hashes) DistinctHashes(MLEnvironment ml, int classes)
    {
        var indices = ml.Data.LoadFromEnumerable(Enumerable.Range(0, classes).Select(i => new IndexRow { Index = [i] }).ToArray());
        for (uint seed = 0; ; seed++)
        {
            var hash = ml.Transforms.Conversion.Hash(
                new HashingEstimator.ColumnOptions(
                    IndexHash, Index, HashBits, seed, useOrderedHashing: false, maximumNumberOfInverts: 0, combine: true));
            var hashed = hash.Fit(indices).Transform(indices);
            var hashes = hashed.GetColumn<uint>(hashed.Schema[IndexHash]).ToArray();
            if (hashes.Distinct().Count() == classes)
            {
                return (hash, hashes);
            }
        }
    }

    private sealed class IndexRow
    {
        [VectorType(1, 1)]
        [ColumnName(StockChain.Index)]
        public long[] Index { get; set; } = [];
    }
}
