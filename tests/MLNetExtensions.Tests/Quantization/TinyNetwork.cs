using System.Runtime.InteropServices;
using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Quantization;

/// <summary>An ONNX classifier of 8×8 images built node by node; weights are drawn from a fixed seed unless given.</summary>
internal sealed class TinyNetwork
{
    public const int ImageSize = TinyClassifier.ImageSize;
    private const int FloatType = 1;
    private const int ByteType = 2;
    private const int LongType = 7;
    private readonly Random _random = new(1);
    private readonly GraphProto _graph = new() { Name = "tiny" };

    /// <summary>Begins with what the exporter writes: cast, channels first, (x − 128) / 64.</summary>
    public TinyNetwork()
    {
        _graph.Input.Add(Port(ClassifierModel.Pixels, ByteType, ImageSize, ImageSize, 3));
        var floats = Node("Cast", [ClassifierModel.Pixels], Number("to", FloatType));
        var planes = Node("Transpose", [floats], Numbers("perm", 0, 3, 1, 2));
        var centred = Node("Sub", [planes, Constant("pixel_mean", [1, 3, 1, 1], 128, 128, 128)]);
        Image = Node("Mul", [centred, Constant("pixel_scale", [1, 3, 1, 1], 1 / 64f, 1 / 64f, 1 / 64f)]);
    }

    /// <summary>The normalised image, [N, 3, 8, 8].</summary>
    public string Image { get; }

    public string Node(string operation, string[] inputs, params AttributeProto[] attributes)
    {
        var name = $"{operation.ToLowerInvariant()}_{_graph.Node.Count}";
        _graph.Node.Add(new NodeProto
        {
            OpType = operation,
            Name = name,
            Input = { inputs },
            Output = { name },
            Attribute = { attributes },
        });
        return name;
    }

    /// <summary>A convolution with padding of zeros that keeps the size.</summary>
    public string Convolution(string x, int inputs, int outputs, int kernel = 1, bool bias = true)
    {
        long[] shape = [outputs, inputs, kernel, kernel];
        var weight = Constant($"kernel_{_graph.Node.Count}", shape, Draw(outputs * inputs * kernel * kernel));
        string[] all = bias ? [x, weight, Constant($"bias_{_graph.Node.Count}", [outputs], Draw(outputs))] : [x, weight];
        var pad = kernel / 2;
        return Node("Conv", all, Numbers("kernel_shape", kernel, kernel), Numbers("pads", pad, pad, pad, pad));
    }

    public string BatchNorm(string x, int channels) => Node(
        "BatchNormalization",
        [
            x,
            Constant($"gamma_{_graph.Node.Count}", [channels], Draw(channels)),
            Constant($"beta_{_graph.Node.Count}", [channels], Draw(channels)),
            Constant($"mean_{_graph.Node.Count}", [channels], Draw(channels)),
            Constant($"variance_{_graph.Node.Count}", [channels], [.. Draw(channels).Select(v => v * v)]),
        ],
        new AttributeProto { Name = "epsilon", Type = AttributeProto.Types.AttributeType.Float, F = 1e-3f });

    public string FullyConnected(string x, int inputs, int outputs)
    {
        var weight = Constant($"weight_{_graph.Node.Count}", [outputs, inputs], Draw(inputs * outputs));
        return Node("Gemm", [x, weight, Constant($"bias_{_graph.Node.Count}", [outputs], Draw(outputs))], Number("transB", 1));
    }

    public string Relu(string x) => Node("Relu", [x]);

    public string Constant(string name, long[] shape, params float[] values)
    {
        _graph.Initializer.Add(new TensorProto
        {
            Name = name,
            Dims = { shape },
            DataType = FloatType,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        });
        return name;
    }

    public string Constant(string name, params long[] values)
    {
        _graph.Initializer.Add(new TensorProto
        {
            Name = name,
            Dims = { values.Length },
            DataType = LongType,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
        });
        return name;
    }

    /// <summary>Ends with average, fully connected layer, softmax and the labels' node.</summary>
    public ModelProto Classify(string x, int channels)
    {
        var flat = Node("Flatten", [Node("GlobalAveragePool", [x])], Number("axis", 1));
        return Finish(FullyConnected(flat, channels, 3));
    }

    /// <summary>Ends with logits [N, 3].</summary>
    public ModelProto Finish(string logits)
    {
        Port("Softmax", logits, ClassifierModel.Score, FloatType, 3, Number("axis", -1));
        Port(
            "ArgMax", ClassifierModel.Score, ClassifierModel.PredictedIndex, LongType, 1, Number("axis", 1), Number("keepdims", 1));
        var labels = TinyClassifier.Colours.Select(ByteString.CopyFromUtf8).ToArray();
        _graph.Initializer.Add(new TensorProto { Name = "label_example", Dims = { 1 }, DataType = 8, StringData = { labels[0] } });
        _graph.Node.Add(new NodeProto
        {
            OpType = "LabelEncoder",
            Domain = "ai.onnx.ml",
            Name = "mlnet.Score.SlotNames",
            Input = { "label_example" },
            Output = { "label_example_index" },
            Attribute =
            {
                new AttributeProto
                {
                    Name = "keys_strings",
                    Type = AttributeProto.Types.AttributeType.Strings,
                    Strings = { labels },
                },
                Numbers("values_int64s", 0, 1, 2),
            },
        });
        var model = TinyClassifier.Model();
        model.Graph = _graph;
        return model;
    }

    public static AttributeProto Number(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Numbers(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    // Away from zero, so that no channel is nearly empty.
    private float[] Draw(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (0.2f + (0.8f * _random.NextSingle())) * (_random.Next(2) == 0 ? -1 : 1))];

    private void Port(string operation, string input, string output, int type, int width, params AttributeProto[] attributes)
    {
        _graph.Node.Add(new NodeProto
        {
            OpType = operation,
            Name = output,
            Input = { input },
            Output = { output },
            Attribute = { attributes },
        });
        _graph.Output.Add(Port(output, type, width));
    }

    private static ValueInfoProto Port(string name, int type, params long[] dimensions)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.Add(dimensions.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } },
        };
    }
}
