using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>A float model that can be quantised, with its metadata.</summary>
internal sealed record FloatModel(ModelProto Model, ClassifierMetadata Metadata, long Size)
{
    private static readonly HashSet<string> QuantizedOperators = new(StringComparer.Ordinal)
    {
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger",
    };

    /// <summary>Reads an <c>.onnx</c>, or the ONNX model inside a <c>model.zip</c>.</summary>
    /// <exception cref="ModelFileException">
    /// The file is missing, damaged, not an image classifier of this product, or quantised already; a weight is NaN or infinite, or what it
    /// gives for a grey image cannot be true.
    /// </exception>
    public static FloatModel Load(string path)
    {
        var content = ModelContent.OfFile(path);
        var (model, metadata) = ClassifierModel.Read(
            content.Parse(), content.Chain is null ? $"'{path}'" : $"The ONNX model in '{path}'");
        StockChain.RestorePorts(model);
        var isQuantized = model.MetadataProps.Any(p => p.Key == QuantizationRecord.Property)
            || model.Graph.Node.Any(node => QuantizedOperators.Contains(node.OpType));
        if (isQuantized)
        {
            throw new ModelFileException(
                $"'{path}' is quantised already, or of half precision; give the float model that it was made of.");
        }

        foreach (var tensor in model.Graph.Initializer.Where(
            t => t.DataType == (int)TensorProto.Types.DataType.Float && !t.RawData.IsEmpty))
        {
            ThrowUnlessFinite(tensor, path);
        }

        ClassifierSession.Open(content, ComputeDevice.Cpu, Environment.ProcessorCount).Dispose();
        return new FloatModel(model, metadata, content.Bytes.Length);
    }

    private static void ThrowUnlessFinite(TensorProto tensor, string path)
    {
        var damaged = 0;
        foreach (var value in TensorData.Floats(tensor))
        {
            damaged += float.IsFinite(value) ? 0 : 1;
        }

        if (damaged > 0)
        {
            throw new ModelFileException(
                $"The model '{path}' is damaged: tensor '{tensor.Name}' has {damaged} "
                + $"{(damaged == 1 ? "value that is" : "values that are")} NaN or infinite; train or export it again.");
        }
    }
}
