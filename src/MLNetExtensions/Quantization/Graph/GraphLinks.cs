using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Who makes and who reads each tensor of a graph.</summary>
internal sealed class GraphLinks
{
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly Dictionary<string, List<NodeProto>> _readers = [];
    private readonly Dictionary<string, TensorProto> _initializers;
    private readonly HashSet<string> _outputs;

    public GraphLinks(GraphProto graph)
    {
        Nodes = graph.Node;
        _initializers = graph.Initializer.ToDictionary(tensor => tensor.Name);
        _outputs = [.. graph.Output.Select(port => port.Name)];
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output)
            {
                _producers[output] = node;
            }

            foreach (var input in node.Input.Distinct())
            {
                if (!_readers.TryGetValue(input, out var readers))
                {
                    _readers[input] = readers = [];
                }

                readers.Add(node);
            }
        }
    }

    /// <summary>The nodes, each after those whose tensors it reads.</summary>
    public IReadOnlyList<NodeProto> Nodes { get; }

    /// <summary>The node that makes a tensor; null for an input of the graph and for an initializer.</summary>
    public NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    public IReadOnlyList<NodeProto> Readers(string tensor) => _readers.TryGetValue(tensor, out var readers) ? readers : [];

    /// <summary>The constant of this name; null where the tensor is no constant.</summary>
    public TensorProto? Initializer(string tensor) => _initializers.GetValueOrDefault(tensor);

    public bool IsInitializer(string tensor) => _initializers.ContainsKey(tensor);

    /// <summary>The only reader of a tensor that does not leave the graph, or null.</summary>
    public NodeProto? OnlyReader(string tensor) => Readers(tensor) is [var reader] && !_outputs.Contains(tensor) ? reader : null;

    /// <summary>A node's inputs that are no constants.</summary>
    public IEnumerable<string> Activations(NodeProto node) => node.Input.Where(input => input.Length > 0 && !IsInitializer(input));
}
