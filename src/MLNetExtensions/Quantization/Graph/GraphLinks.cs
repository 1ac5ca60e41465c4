using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Graph;

/// <summary>Which nodes write and read each tensor of a graph.</summary>
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

    /// <summary>The nodes in an order in which each comes after those whose tensors it reads.</summary>
    public IReadOnlyList<NodeProto> Nodes { get; }

    /// <summary>The node that writes a tensor; null for a graph input or an initializer.</summary>
    public NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    public IReadOnlyList<NodeProto> Readers(string tensor) => _readers.TryGetValue(tensor, out var readers) ? readers : [];

    /// <summary>The constant of this name; null if the tensor is not a constant.</summary>
    public TensorProto? Initializer(string tensor) => _initializers.GetValueOrDefault(tensor);

    public bool IsInitializer(string tensor) => _initializers.ContainsKey(tensor);

    /// <summary>The only reader of a tensor that is not a graph output, or null.</summary>
    public NodeProto? OnlyReader(string tensor) => Readers(tensor) is [var reader] && !_outputs.Contains(tensor) ? reader : null;

    /// <summary>A node's inputs that are not constants.</summary>
    public IEnumerable<string> Activations(NodeProto node) => node.Input.Where(input => input.Length > 0 && !IsInitializer(input));
}
