using System.Runtime.InteropServices;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Quantization;

/// <summary>
/// A network of 8×8 images that needs no training, as the exporter writes networks: the class is the colour that is strongest.
/// </summary>
/// <remarks>
/// Its layers pass the three colours through; a fourth channel is always 0. A hostile one weighs that channel with a number so large
/// that, in int8, the other weights of the same output become 0.
/// </remarks>
internal static class ConvolutionClassifier
{
    /// <summary>Names of the layers with weights, in graph order.</summary>
    public static readonly string[] Layers = ["/conv1", "/conv2", "/fc"];

    /// <summary>Names of float tensors in it: after the first layer's ReLU, and before the softmax.</summary>
    public const string Hidden = "hidden";
    public const string Logits = "logits";

    private const int Size = 8;

    /// <summary>The model as an ONNX file has it.</summary>
    /// <param name="isHostile">Whether <c>/conv2</c> cannot be quantised.</param>
    public static ModelProto Model(bool isHostile = false)
    {
        var hostile = isHostile ? 1e5f : 0;
        var metadata = new ClassifierMetadata
        {
            Architecture = "tiny",
            Labels = ["red", "green", "blue"],
            ImageSize = Size,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "tests",
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 } },
            MetadataProps = { metadata.ToProperties().Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }) },
            Graph = new GraphProto
            {
                Name = "tiny",
                Input = { Port(ClassifierModel.Pixels, TensorProto.Types.DataType.Uint8, Size, Size, 3) },
                Output =
                {
                    Port(ClassifierModel.Score, TensorProto.Types.DataType.Float, 3),
                    Port(ClassifierModel.PredictedIndex, TensorProto.Types.DataType.Int64, 1),
                },
                Initializer =
                {
                    Weights("pixel_mean", [1, 3, 1, 1], 0, 0, 0),
                    Weights("pixel_scale", [1, 3, 1, 1], 1 / 255f, 1 / 255f, 1 / 255f),
                    Weights("conv1.weight", [4, 3, 1, 1], 1, 0, 0, 0, 1, 0, 0, 0, 1, -1, -1, -1),
                    Weights("conv1.bias", [4], 0, 0, 0, 0),
                    Weights("conv2.weight", [3, 4, 1, 1], 1, 0, 0, hostile, 0, 1, 0, hostile, 0, 0, 1, hostile),
                    Weights("conv2.bias", [3], 0, 0, 0),
                    Weights("fc.weight", [3, 3], 20, 0, 0, 0, 20, 0, 0, 0, 20),
                    Weights("fc.bias", [3], 0, 0, 0),
                },
                Node =
                {
                    Node("Cast", "/cast", [ClassifierModel.Pixels], "floats", Number("to", 1)),
                    Node("Transpose", "/transpose", ["floats"], "planes", Numbers("perm", 0, 3, 1, 2)),
                    Node("Sub", "/sub", ["planes", "pixel_mean"], "centred"),
                    Node("Mul", "/mul", ["centred", "pixel_scale"], "scaled"),
                    Node("Conv", Layers[0], ["scaled", "conv1.weight", "conv1.bias"], "conv1", Numbers("kernel_shape", 1, 1)),
                    Node("Relu", "/relu", ["conv1"], Hidden),
                    Node("Conv", Layers[1], [Hidden, "conv2.weight", "conv2.bias"], "conv2", Numbers("kernel_shape", 1, 1)),
                    Node("GlobalAveragePool", "/pool", ["conv2"], "pooled"),
                    Node("Flatten", "/flatten", ["pooled"], "means", Number("axis", 1)),
                    Node("Gemm", Layers[2], ["means", "fc.weight", "fc.bias"], Logits, Number("transB", 1)),
                    Node("Softmax", ClassifierModel.Score, [Logits], ClassifierModel.Score, Number("axis", -1)),
                    Node("ArgMax", "/argmax", [
                        ClassifierModel.Score], ClassifierModel.PredictedIndex, Number("axis", 1), Number("keepdims", 1)),
                },
            },
        };
    }

    /// <summary>Writes the model; returns its path.</summary>
    public static string Write(string path, bool isHostile = false)
    {
        File.WriteAllBytes(path, Model(isHostile).ToByteArray());
        return path;
    }

    private static ValueInfoProto Port(string name, TensorProto.Types.DataType type, params long[] dimensions)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.Add(dimensions.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        var tensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensorType } };
    }

    private static TensorProto Weights(string name, long[] shape, params float[] values) =>
        new() { Name = name, DataType = 1, Dims = { shape }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };

    private static NodeProto Node(string type, string name, string[] inputs, string output, params AttributeProto[] attributes) =>
        new() { OpType = type, Name = name, Input = { inputs }, Output = { output }, Attribute = { attributes } };

    private static AttributeProto Number(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Numbers(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
