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
/// list them in the order of the network's flow. Strides and pads are not compared; shapes are, later, with those of all weights.
/// </remarks>
internal sealed class GraphPairing : LayerGraph<string>
{
    private readonly MappedFile _file;
    private readonly ImageModel _architecture;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<NodeProto> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IntPtr, string> _names;
    private readonly List<FoundWeight> _found = [];

    private GraphPairing(MappedFile file, GraphProto graph, ImageModel architecture, Block network)
    {
        (_file, _architecture) = (file, architecture);
        _names = network.state_dict().ToDictionary(entry => entry.Value.Handle, entry => entry.Key);
        _constants = graph.Initializer.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var (node, input) in graph.Node.SelectMany(node => node.Input.Distinct().Select(input => (node, input))))
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
    /// <param name="graph">The graph.</param>
    /// <param name="input">The graph's tensor that is the network's input.</param>
    /// <param name="architecture">The architecture.</param>
    /// <exception cref="WeightsFileException">The graph is not that of the architecture.</exception>
    public static IReadOnlyList<FoundWeight> Find(MappedFile file, GraphProto graph, string input, ImageModel architecture)
    {
        using var scope = NewDisposeScope();    // TorchSharp's Conv2d leaves its bias alive when it is disposed
        using var network = architecture.Network(2);
        var pairing = new GraphPairing(file, graph, architecture, network);
        network.Flow(pairing, input);
        return pairing._found;
    }

    public override string Add(string a, string b) => Take("Add", a, node => node.Input.Contains(b));

    public override string Multiply(string a, string b) => Take("Mul", a, node => node.Input.Contains(b));

    public override string Concat(params ReadOnlySpan<string> values)
    {
        var joined = values.ToArray();
        return Take("Concat", joined[0], node => node.Input.SequenceEqual(joined));
    }

    public override string PadChannels(string x, int before, int after) => Take("Pad", x);

    protected override string Convolution(Conv2d layer, string x)
    {
        var node = Find("Conv", x, node => node.Input.Count > 1 && Shape(node.Input[1]).SequenceEqual(layer.weight.shape))
            ?? throw Lacks("Conv", x);
        Keep(layer.weight, node, 1);
        if (layer.bias is not null)
        {
            Keep(layer.bias, node, 2);
        }

        return Taken(node);
    }

    protected override string BatchNorm(BatchNorm2d layer, string x)
    {
        var node = Find("BatchNormalization", x) ?? throw Lacks("BatchNormalization", x);
        foreach (var (weight, input) in new[] { layer.weight, layer.bias, layer.running_mean, layer.running_var }.Zip([1, 2, 3, 4]))
        {
            Keep(weight!, node, input);
        }

        return Taken(node);
    }

    protected override string FullyConnected(Linear layer, string x)
    {
        if (Find("Gemm", x) is { } node)
        {
            Keep(layer.weight, node, 1);
            Keep(layer.bias!, node, 2);
            return Taken(node);
        }

        return _names[layer.weight.Handle] == $"{_architecture.Head}.weight" ? x : throw Lacks("Gemm", x);
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

    private string Take(string operation, string x, Func<NodeProto, bool>? fits = null) =>
        Taken(Find(operation, x, fits) ?? throw Lacks(operation, x));

    private NodeProto? Find(string operation, string x, Func<NodeProto, bool>? fits = null) =>
        _readers.GetValueOrDefault(x)?.Find(node => node.OpType == operation && !_taken.Contains(node) && fits?.Invoke(node) != false);

    private string Taken(NodeProto node)
    {
        _taken.Add(node);
        return node.Output.Count > 0 ? node.Output[0] : throw _file.Damaged($"a node {MappedFile.Quote(node.Name)} has no output");
    }

    private long[] Shape(string constant) => _constants.TryGetValue(constant, out var tensor) ? [.. tensor.Dims] : [];

    private void Keep(Tensor weight, NodeProto node, int input)
    {
        var name = _names[weight.Handle];
        var constant = node.Input.Count > input ? _constants.GetValueOrDefault(node.Input[input]) : null;
        _found.Add(constant is null
            ? throw _file.Refused($"its graph has no constant for {name} of {_architecture.Name}")
            : new FoundWeight(name, [.. constant.Dims], OnnxFile.Floats(_file, constant)));
    }

    private WeightsFileException Lacks(string operation, string x) => _file.Refused(
        $"its graph is not that of {_architecture.Name}, which has a {operation} that reads {MappedFile.Quote(x)}");
}
