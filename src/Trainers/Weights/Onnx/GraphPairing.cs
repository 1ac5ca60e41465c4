using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights.Files.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>Finds a network's weights in an ONNX graph by walking through both at once, whatever the graph calls them.</summary>
/// <remarks>
/// Values are the names of the graph's tensors. Of several nodes that read a tensor and would do, the first that is left is taken: graphs
/// list them in the order of the network's flow. Strides and pads are not compared; shapes are, later, with those of all weights. A batch
/// norm that was folded into the convolution before it becomes one that adds the convolution's bias and changes nothing else. What is cast
/// to half precision and back counts as the same tensor.
/// </remarks>
internal sealed class GraphPairing : LayerGraph<string>
{
    private readonly MappedFile _file;
    private readonly ImageModel _architecture;
    private readonly GraphConstants _constants;
    private readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _castFrom = new(StringComparer.Ordinal);
    private readonly HashSet<NodeProto> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IntPtr, string> _names;
    private readonly List<FoundWeight> _found = [];

    // Convolutions that a batch norm should follow, by their output.
    private readonly Dictionary<string, NodeProto> _beforeNorm = new(StringComparer.Ordinal);

    private GraphPairing(MappedFile file, GraphProto graph, ImageModel architecture, Block network)
    {
        (_file, _architecture, _constants) = (file, architecture, new GraphConstants(file, graph));
        _names = network.state_dict().ToDictionary(entry => entry.Value.Handle, entry => entry.Key);
        foreach (var node in graph.Node.Where(node => node is { OpType: "Cast", Input.Count: 1, Output.Count: 1 }))
        {
            _castFrom.TryAdd(node.Output[0], Source(node.Input[0]));
        }

        foreach (var (node, input) in graph.Node.Where(node => node.OpType != "Cast").SelectMany(
            node => node.Input.Select(Source).Distinct().Select(input => (node, input))))
        {
            if (!_readers.TryGetValue(input, out var readers))
            {
                _readers[input] = readers = [];
            }

            readers.Add(node);
        }
    }

    /// <summary>The weights of an architecture; those of the last layer are missing if the graph ends before it.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="architecture">The architecture.</param>
    /// <exception cref="WeightsFileException">The model has no graph, or that of another architecture.</exception>
    public static IReadOnlyList<FoundWeight> Find(MappedFile file, ModelProto model, ImageModel architecture)
    {
        var graph = model.Graph ?? throw file.Damaged("its ONNX model has no graph");
        using var scope = NewDisposeScope();    // TorchSharp's Conv2d leaves its bias alive when it is disposed
        using var network = architecture.Network(2);
        var pairing = new GraphPairing(file, graph, architecture, network);
        network.Flow(pairing, pairing.NetworkInput(graph));
        return pairing._found;
    }

    public override string Add(string a, string b) => Take("Add", a, node => node.Input.Select(Source).Contains(b));

    public override string Multiply(string a, string b) => Take("Mul", a, node => node.Input.Select(Source).Contains(b));

    public override string Concat(params ReadOnlySpan<string> values)
    {
        var joined = values.ToArray();
        return Take("Concat", joined[0], node => node.Input.Select(Source).SequenceEqual(joined));
    }

    public override string PadChannels(string x, int before, int after) => Take("Pad", x);

    protected override string Convolution(Conv2d layer, string x)
    {
        var node = Find("Conv", x, node => node.Input.Count > 1 && _constants.Shape(node.Input[1]).SequenceEqual(layer.weight.shape))
            ?? throw Lacks("Conv", x);
        Keep(layer.weight, node, 1);
        var output = Taken(node);
        if (layer.bias is null)
        {
            _beforeNorm[output] = node;
        }
        else
        {
            Keep(layer.bias, node, 2);
        }

        return output;
    }

    protected override string BatchNorm(BatchNorm2d layer, string x)
    {
        Tensor[] weights = [layer.weight!, layer.bias!, layer.running_mean!, layer.running_var!];
        if (Find("BatchNormalization", x) is { } node)
        {
            foreach (var (i, weight) in weights.Index())
            {
                Keep(weight, node, i + 1);
            }

            return Taken(node);
        }

        // y = γ (x − μ) / √(σ² + ε) + β, where μ = 0, σ² = 1 and γ = √(1 + ε), is x + β.
        var channels = (int)layer.weight!.shape[0];
        float[] Filled(double value) => [.. Enumerable.Repeat((float)value, channels)];
        var bias = _beforeNorm.GetValueOrDefault(x) is { Input.Count: > 2 } convolution
            ? _constants.Floats(convolution.Input[2], Name(layer.bias!))
            : Filled(0);
        foreach (var (weight, values) in weights.Zip([Filled(Math.Sqrt(1 + layer.eps)), bias, Filled(0), Filled(1)]))
        {
            _found.Add(new FoundWeight(Name(weight), [values.Length], values));
        }

        return x;
    }

    protected override string FullyConnected(Linear layer, string x)
    {
        if (Find("Gemm", x) is { } node)
        {
            Keep(layer.weight, node, 1);
            Keep(layer.bias!, node, 2);
            return Taken(node);
        }

        return Name(layer.weight) == $"{_architecture.Head}.weight" ? x : throw Lacks("Gemm", x);
    }

    protected override string Activation(Module<Tensor, Tensor> layer, string x) => layer switch
    {
        ReLU _ => Take("Relu", x),
        Sigmoid _ => Take("Sigmoid", x),
        SiLU _ => Multiply(x, Take("Sigmoid", x)),
        _ => throw new NotSupportedException($"A layer of type {layer.GetType().Name} is not looked for in ONNX graphs."),
    };

    protected override string MaxPool(MaxPool2d layer, string x) => Take("MaxPool", x);

    protected override string AveragePool(AvgPool2d layer, string x) => Take("AveragePool", x);

    /// <summary>A pool of equal windows, two matrices for unequal ones, or nothing where the size is right already.</summary>
    protected override string AdaptiveAveragePool(AdaptiveAvgPool2d layer, string x) =>
        (Find("GlobalAveragePool", x) ?? Find("AveragePool", x)) is { } pool ? Taken(pool)
            : Find("MatMul", x) is { } rows ? Take("MatMul", Taken(rows))
            : x;

    protected override string Flatten(Flatten layer, string x) => Find("Flatten", x) is { } node ? Taken(node) : x;

    protected override string Dropout(DropoutLayer layer, string x) => x;

    /// <summary>What the first convolution reads: the graph's input behind all that prepares pixels.</summary>
    private string NetworkInput(GraphProto graph)
    {
        var x = graph.Input.FirstOrDefault()?.Name ?? throw _file.Damaged("its graph has no input");
        for (var steps = 0; steps <= graph.Node.Count; steps++)
        {
            if (_readers.GetValueOrDefault(x) is not [var reader, ..] readers || readers.Exists(node => node.OpType == "Conv"))
            {
                break;
            }

            x = Output(reader);
        }

        return x;
    }

    private string Take(string operation, string x, Func<NodeProto, bool>? fits = null) =>
        Taken(Find(operation, x, fits) ?? throw Lacks(operation, x));

    private NodeProto? Find(string operation, string x, Func<NodeProto, bool>? fits = null) =>
        _readers.GetValueOrDefault(x)?.Find(node => node.OpType == operation && !_taken.Contains(node) && fits?.Invoke(node) != false);

    private string Taken(NodeProto node)
    {
        _taken.Add(node);
        return Output(node);
    }

    private string Output(NodeProto node) =>
        node.Output.Count > 0 ? node.Output[0] : throw _file.Damaged($"a node {MappedFile.Quote(node.Name)} has no output");

    /// <summary>What a tensor was before it was cast.</summary>
    private string Source(string tensor) => _castFrom.GetValueOrDefault(tensor, tensor);

    private string Name(Tensor weight) => _names[weight.Handle];

    private void Keep(Tensor weight, NodeProto node, int input)
    {
        var constant = node.Input.Count > input ? node.Input[input] : "";
        _found.Add(new FoundWeight(Name(weight), _constants.Shape(constant), _constants.Floats(constant, Name(weight))));
    }

    private WeightsFileException Lacks(string operation, string x) => _file.Refused(
        $"its graph is not that of {_architecture.Name}, which has a {operation} that reads {MappedFile.Quote(x)}");
}
