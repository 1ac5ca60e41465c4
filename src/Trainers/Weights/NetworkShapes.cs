using MLVision.Trainers.Models;
using static TorchSharp.torch;

namespace MLVision.Trainers.Weights;

/// <summary>The names and shapes of a network's weights, and which of them may differ.</summary>
internal sealed class NetworkShapes
{
    // Batch norm counts its steps, and the tool thop the cost of layers; no result depends on either.
    private static readonly string[] Counters = ["num_batches_tracked", "total_ops", "total_params"];

    private readonly HashSet<string> _tops;

    private NetworkShapes(ImageModel architecture, Dictionary<string, long[]> weights)
    {
        (Architecture, Weights) = (architecture, weights);
        _tops = [.. weights.Keys.Select(TopOf)];
    }

    /// <summary>The architecture.</summary>
    public ImageModel Architecture { get; }

    /// <summary>Shapes by name, for scoring; the number of rows of the last layer has no meaning.</summary>
    public IReadOnlyDictionary<string, long[]> Weights { get; }

    /// <summary>Describes an architecture's network without allocating its weights.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="withHead">Whether its last layer is described, too.</param>
    public static NetworkShapes Of(ImageModel architecture, bool withHead = true)
    {
        using var scope = NewDisposeScope();    // TorchSharp's Conv2d leaves its bias alive when it is disposed
        using var network = architecture.Network(2);
        var weights = network.state_dict().Where(
            entry => !IsCounter(entry.Key) && (withHead || LayerOf(entry.Key) != architecture.Head));
        return new NetworkShapes(architecture, weights.ToDictionary(entry => entry.Key, entry => entry.Value.shape));
    }

    /// <summary>Whether an entry of a state dictionary is only a counter.</summary>
    public static bool IsCounter(string name) => Counters.Any(counter => name.EndsWith(counter, StringComparison.Ordinal));

    /// <summary>Whether a stored weight can be the network's weight of this name, whatever its number of classes.</summary>
    public bool Fits(string name, long[] shape) =>
        Fits(shape, Weights[name])
        || (LayerOf(name) == Architecture.Head && shape.Length > 0 && Fits(shape, [shape[0], .. Weights[name][1..]]));

    /// <summary>Whether an unknown name lies inside the network; if it does, the weights belong to another network.</summary>
    public bool HasPart(string name) => _tops.Contains(TopOf(name));

    /// <summary>Equal shapes; a 1×1 convolution may replace a linear layer, and flattened inputs unflattened ones.</summary>
    public static bool Fits(long[] shape, long[] expected) =>
        shape.SequenceEqual(expected)
        || (shape is [var rows, ..] && rows == expected[0] && (shape.Length == 2 || expected.Length == 2)
            && shape.Length > 1 && expected.Length > 1 && Product(shape) == Product(expected));

    /// <summary>The layer that a weight belongs to: its name up to the last dot.</summary>
    public static string LayerOf(string name) => name.LastIndexOf('.') is > 0 and var end ? name[..end] : "";

    /// <summary>A name up to its first dot.</summary>
    public static string TopOf(string name) => name.IndexOf('.') is > 0 and var end ? name[..end] : name;

    private static long Product(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}
