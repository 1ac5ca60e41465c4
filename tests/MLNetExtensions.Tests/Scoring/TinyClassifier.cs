using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>A classifier of 8×8 images that needs no training: the class is the colour that is strongest on average.</summary>
internal static class TinyClassifier
{
    public const int ImageSize = 8;
    private const float Sharpness = 1 / 16f;
    private const int FloatType = 1;
    private const int ByteType = 2;
    private const int LongType = 7;

    /// <summary>The classes, unless others are given.</summary>
    public static readonly string[] Colours = ["red", "green", "blue"];

    /// <summary>The model as an ONNX file has it: softmax of the mean of each channel over 16.</summary>
    public static ModelProto Model(params string[] labels)
    {
        var metadata = new ClassifierMetadata
        {
            Architecture = "tiny",
            Labels = labels.Length > 0 ? labels : Colours,
            ImageSize = ImageSize,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        };
        return new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 } },
            MetadataProps = { metadata.ToProperties().Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }) },
            Graph = new GraphProto
            {
                Name = "tiny",
                Input = { Port(ClassifierModel.Pixels, ByteType, ImageSize, ImageSize, 3) },
                Output = { Port(ClassifierModel.Score, FloatType, 3), Port(ClassifierModel.PredictedIndex, LongType, 1) },
                Initializer =
                {
                    new TensorProto
                    {
                        Name = "sharpness",
                        DataType = FloatType,
                        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes([Sharpness])),
                    },
                },
                Node =
                {
                    Node("Cast", [ClassifierModel.Pixels], "floats", Number("to", FloatType)),
                    Node("ReduceMean", ["floats"], "means", Numbers("axes", 1, 2), Number("keepdims", 0)),
                    Node("Mul", ["means", "sharpness"], "logits"),
                    Node("Softmax", ["logits"], ClassifierModel.Score, Number("axis", 1)),
                    Node("ArgMax", [ClassifierModel.Score], ClassifierModel.PredictedIndex, Number("axis", 1), Number("keepdims", 1)),
                },
            },
        };
    }

    /// <summary>Adds the output <c>Heat</c>: how bright red is, [N, 8, 8].</summary>
    public static void AddHeat(ModelProto model)
    {
        foreach (var (name, value) in new[] { ("first", 0L), ("last", 1L), ("channels", 3L) })
        {
            model.Graph.Initializer.Add(new TensorProto
            {
                Name = name,
                DataType = LongType,
                Dims = { 1 },
                RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes([value])),
            });
        }

        model.Graph.Node.Add(Node("Slice", ["floats", "first", "last", "channels"], "red"));
        model.Graph.Node.Add(Node("Squeeze", ["red", "channels"], nameof(ModelOutputs.Heat)));
        model.Graph.Output.Add(Port(nameof(ModelOutputs.Heat), FloatType, ImageSize, ImageSize));
    }

    /// <summary>Writes <c>model.onnx</c>; returns its path.</summary>
    public static string WriteOnnx(string path, params string[] labels)
    {
        File.WriteAllBytes(path, Model(labels).ToByteArray());
        return path;
    }

    /// <summary>Writes a <c>model.zip</c> of stock transforms; returns its path.</summary>
    public static string WriteZip(string path, Func<MLContext, IEstimator<ITransformer>>? images = null, ModelProto? model = null)
    {
        var ml = new MLContext(seed: 1);
        var onnx = Path.ChangeExtension(path, ".chain.onnx");
        StockChain.WriteOnnx(model ?? Model(), onnx);
        var view = ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        var chain = (images ?? LoadImages)(ml)
            .Append(StockChain.Create(
                MLEnvironment.Of(ml.Transforms), PixelColumn.OfImages("Image", ImageSize), onnx, ClassLabels.FromNames(Colours)))
            .Append(ml.Transforms.Conversion.MapKeyToValue(StockChain.PredictedLabel))
            .Fit(view);
        ml.Model.Save(chain, view.Schema, path);
        return path;
    }

    /// <summary>The usual first step.</summary>
    public static IEstimator<ITransformer> LoadImages(MLContext ml) =>
        ml.Transforms.LoadImages("Image", imageFolder: "", nameof(LabeledImage.ImagePath));

    /// <summary>A step that changes pixels before the chain sees them.</summary>
    public static IEstimator<ITransformer> LoadAndPadImages(MLContext ml) => LoadImages(ml)
        .Append(ml.Transforms.ResizeImages("Image", ImageSize, ImageSize, "Image", ImageResizingEstimator.ResizingKind.IsoPad));

    private static ValueInfoProto Port(string name, int type, params long[] dimensions)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.Add(dimensions.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        var tensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensorType } };
    }

    private static NodeProto Node(string type, string[] inputs, string output, params AttributeProto[] attributes) =>
        new() { OpType = type, Name = type, Input = { inputs }, Output = { output }, Attribute = { attributes } };

    private static AttributeProto Number(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Numbers(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };
}
