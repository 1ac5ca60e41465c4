using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>A network split into a backbone, which computes features, and a head, which chooses between the classes.</summary>
internal sealed class Backbone
{
    private readonly Block _network;
    private readonly EagerGraph _graph;

    /// <summary>Splits a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="head">Key of its last layer.</param>
    /// <param name="graph">Runs its flow; null computes in the type of the weights.</param>
    public Backbone(Block network, string head, EagerGraph? graph = null)
    {
        (_network, _graph) = (network, graph ?? EagerGraph.Plain);
        Head = (Linear)network.named_modules().Single(layer => layer.name == head).module;
        var order = FlowOrder.Of(network);
        var last = order.TakeWhile(part => part != Head).LastOrDefault();
        HeadDropout = (last as RandomDropout)?.Probability ?? 0;
        Blocks = Group(order.Where(part => part != Head));
    }

    /// <summary>The last layer.</summary>
    public Linear Head { get; }

    /// <summary>Probability with which the network drops the head's inputs while it trains.</summary>
    public double HeadDropout { get; }

    /// <summary>
    /// The backbone in the order of the flow, in pieces that are frozen or trained whole: a residual or inception block with its
    /// shortcut, or a single layer with weights and the batch norm behind it.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Module>> Blocks { get; }

    /// <summary>The head's input for a batch of images: [N, 3, H, W] → [N, features]. The caller owns it.</summary>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _network.Flow(new FeatureGraph(Head, _graph), images).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static List<List<Module>> Group(IEnumerable<Module> parts)
    {
        var blocks = new List<List<Module>>();
        foreach (var part in parts.Where(part => part.parameters().Any()))
        {
            if (part is BatchNorm2d && blocks.Count > 0)
            {
                blocks[^1].Add(part);
            }
            else
            {
                blocks.Add([part]);
            }
        }

        return blocks;
    }
}
