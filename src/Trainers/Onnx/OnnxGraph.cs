using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Onnx;

/// <summary>Writes a network's flow as ONNX nodes; weights have the names of the network's state dictionary.</summary>
/// <param name="weights">The network's parameters and buffers by native handle, in the form that is written.</param>
internal sealed class OnnxGraph(IReadOnlyDictionary<IntPtr, NamedWeight> weights) : LayerGraph<OnnxValue>
{
    private readonly Dictionary<string, int> _namesGiven = [];
    private readonly HashSet<string> _weightsWritten = [];

    // Layers by what they give, and the maps behind averages by the names of these.
    private readonly Dictionary<string, LastLayer> _linear = [];
    private readonly Dictionary<string, OnnxValue> _averaged = [];

    /// <summary>What has been written so far.</summary>
    public GraphProto Proto { get; } = new();

    public override OnnxValue Add(OnnxValue a, OnnxValue b) => Node("Add", a.Shape, [a, b]);

    public override OnnxValue Multiply(OnnxValue a, OnnxValue b) => Node("Mul", a.Shape, [a, b]);

    public override OnnxValue Concat(params ReadOnlySpan<OnnxValue> values)
    {
        var channels = 0L;
        foreach (var value in values)
        {
            channels += value.Shape[0];
        }

        return Node("Concat", [channels, .. values[0].Shape[1..]], values, Attribute("axis", 1));
    }

    public override OnnxValue PadChannels(OnnxValue x, int before, int after)
    {
        using var pads = tensor(new long[] { 0, before, 0, 0, 0, after, 0, 0 });
        return Node("Pad", [x.Shape[0] + before + after, .. x.Shape[1..]], [x, Constant(pads, "pads")]);
    }

    /// <summary>Writes a node with one output and returns that output.</summary>
    public OnnxValue Node(string operation, long[] shape, ReadOnlySpan<OnnxValue> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var name = FreshName(operation.ToLowerInvariant());
        var node = new NodeProto { OpType = operation, Name = name, Output = { name } };
        foreach (var input in inputs)
        {
            node.Input.Add(input.Name);
        }

        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        Proto.Node.Add(node);
        return new OnnxValue(name, shape);
    }

    /// <summary>The linear layer that gives the logits.</summary>
    public LastLayer LastLayer(OnnxValue logits) => _linear[logits.Name];

    /// <summary>Makes a value an output of the graph, under the output's name.</summary>
    public void Output(ModelOutputs output, OnnxValue value)
    {
        Proto.Node.Single(node => node.Output[0] == value.Name).Output[0] = output.ToString();
        Proto.Output.Add(ClassifierModel.Port(output.ToString(), TensorProto.Types.DataType.Float, value.Shape));
    }

    /// <summary>Writes a copy of a tensor that is not a weight of the network.</summary>
    public OnnxValue Constant(Tensor value, string stem)
    {
        var name = FreshName(stem);
        Proto.Initializer.Add(Describe(value, name, ByteString.CopyFrom(value.bytes)));
        return new OnnxValue(name, value.shape);
    }

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }

    protected override OnnxValue Convolution(Conv2d layer, OnnxValue x)
    {
        if (layer.padding is not [var padHeight, var padWidth] || layer.padding_mode != PaddingModes.Zeros)
        {
            throw new NotSupportedException("Only convolutions with an explicit padding of zeros are written to ONNX.");
        }

        var (kernel, stride, dilation) = (layer.kernel_size, layer.stride, layer.dilation);
        long[] shape =
        [
            layer.out_channels,
            WindowShape.Output(x.Shape[1], kernel[0], stride[0], padHeight, dilation[0]),
            WindowShape.Output(x.Shape[2], kernel[1], stride[1], padWidth, dilation[1]),
        ];
        return Node("Conv", shape, WithBias(x, layer.weight, layer.bias),
            Attribute("kernel_shape", kernel), Attribute("strides", stride), Attribute("pads", padHeight, padWidth, padHeight, padWidth),
            Attribute("dilations", dilation), Attribute("group", layer.groups));
    }

    protected override OnnxValue BatchNorm(BatchNorm2d layer, OnnxValue x) =>
        Node("BatchNormalization", x.Shape,
            [x, Weight(layer.weight!), Weight(layer.bias!), Weight(layer.running_mean!), Weight(layer.running_var!)],
            new AttributeProto { Name = "epsilon", Type = AttributeProto.Types.AttributeType.Float, F = (float)layer.eps });

    protected override OnnxValue FullyConnected(Linear layer, OnnxValue x)
    {
        var inputs = WithBias(x, layer.weight, layer.bias);
        var result = Node("Gemm", [layer.out_features], inputs, Attribute("transB", 1));
        _linear[result.Name] = new LastLayer(x, inputs[1], _averaged.TryGetValue(x.Name, out var map) ? map : null);
        return result;
    }

    protected override OnnxValue Activation(Module<Tensor, Tensor> layer, OnnxValue x) => layer switch
    {
        ReLU _ => Node("Relu", x.Shape, [x]),
        Sigmoid _ => Node("Sigmoid", x.Shape, [x]),
        SiLU _ => Multiply(x, Node("Sigmoid", x.Shape, [x])),
        _ => throw WithoutForm(layer),
    };

    protected override OnnxValue MaxPool(MaxPool2d layer, OnnxValue x) => WindowShape.Pair(layer.dilation, 1) == (1, 1)
        ? Pool("MaxPool", x, layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode)
        : throw WithoutForm(layer);

    protected override OnnxValue AveragePool(AvgPool2d layer, OnnxValue x) => layer.divisor_override is null
        ? Pool("AveragePool", x, layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode,
            Attribute("count_include_pad", layer.count_include_pad ? 1 : 0))
        : throw WithoutForm(layer);

    protected override OnnxValue AdaptiveAveragePool(AdaptiveAvgPool2d layer, OnnxValue x)
    {
        var (height, width) = WindowShape.Pair(layer.output_size);
        if ((height, width) == (1, 1))
        {
            var average = Node("GlobalAveragePool", [x.Shape[0], 1, 1], [x]);
            _averaged[average.Name] = x;
            return average;
        }

        if ((height, width) == (x.Shape[1], x.Shape[2]))
        {
            return x;
        }

        if (x.Shape[1] % height == 0 && x.Shape[2] % width == 0)
        {
            return Pool("AveragePool", x, [x.Shape[1] / height, x.Shape[2] / width], null, null, ceil: false);
        }

        // Windows of unequal size, which ONNX's pools have not: rows, then columns, are averaged by a constant matrix each.
        using var rowWeights = AverageWeights(x.Shape[1], height);
        using var columnWeights = AverageWeights(x.Shape[2], width);
        using var transposed = columnWeights.t().contiguous();
        var rows = Node("MatMul", [x.Shape[0], height, x.Shape[2]], [Constant(rowWeights, "row_averages"), x]);
        return Node("MatMul", [x.Shape[0], height, width], [rows, Constant(transposed, "column_averages")]);
    }

    protected override OnnxValue Flatten(Flatten layer, OnnxValue x)
    {
        if (layer is not { start_dim: 1, end_dim: -1 })
        {
            throw WithoutForm(layer);
        }

        var flat = Node("Flatten", [x.Shape.Aggregate(1L, (a, b) => a * b)], [x], Attribute("axis", 1));
        if (_averaged.TryGetValue(x.Name, out var map))
        {
            _averaged[flat.Name] = map;
        }

        return flat;
    }

    protected override OnnxValue Dropout(DropoutLayer layer, OnnxValue x) => x;

    private static TensorProto Describe(Tensor tensor, string name, ByteString data) => new()
    {
        Name = name,
        Dims = { tensor.shape },
        DataType = (int)(tensor.dtype switch
        {
            ScalarType.Float32 => TensorProto.Types.DataType.Float,
            ScalarType.Int64 => TensorProto.Types.DataType.Int64,
            _ => throw new NotSupportedException($"Tensors of type {tensor.dtype} are not written to ONNX."),
        }),
        RawData = data,
    };

    /// <summary>Writes a parameter or buffer of the network under its own name, without copying it.</summary>
    private OnnxValue Weight(Tensor tensor)
    {
        var (name, plain) = weights[tensor.Handle];
        if (_weightsWritten.Add(name))
        {
            Proto.Initializer.Add(Describe(plain, name, UnsafeByteOperations.UnsafeWrap(new TensorMemory(plain).Memory)));
        }

        return new OnnxValue(name, tensor.shape);
    }

    private OnnxValue[] WithBias(OnnxValue x, Tensor weight, Tensor? bias) =>
        bias is null ? [x, Weight(weight)] : [x, Weight(weight), Weight(bias)];

    private OnnxValue Pool(
        string operation, OnnxValue x, long[] kernel, long[]? stride, long[]? padding, bool ceil, params ReadOnlySpan<AttributeProto> more)
    {
        var k = WindowShape.Pair(kernel);
        var s = WindowShape.Pair(stride ?? kernel);
        var p = WindowShape.Pair(padding);
        long[] Shape(bool ceil) =>
        [
            x.Shape[0],
            WindowShape.Output(x.Shape[1], k.Height, s.Height, p.Height, ceil: ceil),
            WindowShape.Output(x.Shape[2], k.Width, s.Width, p.Width, ceil: ceil),
        ];

        // Before opset 19 ONNX keeps a last window that begins in the padding. Torch drops it, which leaves the floor's windows.
        var shape = Shape(ceil);
        var ceilMode = shape.SequenceEqual(Shape(ceil: false)) ? 0 : 1;
        return Node(operation, shape, [x], [
            Attribute("kernel_shape", k.Height, k.Width), Attribute("strides", s.Height, s.Width),
            Attribute("pads", p.Height, p.Width, p.Height, p.Width), Attribute("ceil_mode", ceilMode), .. more]);
    }

    /// <summary>
    /// Matrix [output, input] whose row i averages the inputs from ⌊i · input / output⌋ to below ⌈(i + 1) · input / output⌉, as torch does.
    /// </summary>
    private static Tensor AverageWeights(long input, long output)
    {
        var weights = new float[output, input];
        for (var i = 0L; i < output; i++)
        {
            var (start, end) = (i * input / output, (((i + 1) * input) + output - 1) / output);
            for (var j = start; j < end; j++)
            {
                weights[i, j] = 1f / (end - start);
            }
        }

        return tensor(weights);
    }

    private static NotSupportedException WithoutForm(Module layer) =>
        new($"A layer of type {layer.GetType().Name}, set up as it is, has no ONNX form here.");

    private string FreshName(string stem)
    {
        var number = _namesGiven[stem] = _namesGiven.GetValueOrDefault(stem) + 1;
        return $"{stem}_{number}";
    }
}
