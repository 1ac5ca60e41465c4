using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training;

/// <summary>Which weights of a network are trained, and at what share of the learning rate; the others do not change.</summary>
internal sealed class TrainableParts
{
    private static readonly bool[] DecayedOrNot = [true, false];

    private readonly Block _network;
    private readonly IReadOnlyList<Module> _frozen;
    private readonly IReadOnlyList<(IReadOnlyList<Parameter> Weights, double RateFactor)> _trained;

    private TrainableParts(
        Block network, IReadOnlyList<Module> frozen, IEnumerable<(IEnumerable<Module> Modules, double RateFactor)> trained)
    {
        (_network, _frozen) = (network, frozen);
        var untouched = frozen.SelectMany(module => module.parameters()).Select(weight => weight.Handle).ToHashSet();
        _trained = [.. trained.Select(part => (
            (IReadOnlyList<Parameter>)[
                .. part.Modules.SelectMany(module => module.parameters()).Where(weight => !untouched.Contains(weight.Handle))],
            part.RateFactor))];
    }

    /// <summary>The whole network.</summary>
    public static TrainableParts All(Block network) => new(network, [], [([network], 1)]);

    /// <summary>Only the head.</summary>
    public static TrainableParts HeadOf(Block network, Backbone backbone) =>
        Last(network, backbone, blocks: 0, rateDecay: 1, freezeBatchNorm: true);

    /// <summary>The head and the backbone's last blocks.</summary>
    /// <param name="network">The network.</param>
    /// <param name="backbone">The same network's parts.</param>
    /// <param name="blocks">Number of last blocks that are trained; null for all.</param>
    /// <param name="rateDecay">Factor from a block's rate to that of the block before it.</param>
    /// <param name="freezeBatchNorm">Whether all batch norms keep their statistics and weights, wherever they are.</param>
    public static TrainableParts Last(Block network, Backbone backbone, int? blocks, double rateDecay, bool freezeBatchNorm)
    {
        var count = Math.Min(blocks ?? int.MaxValue, backbone.Blocks.Count);
        var kept = backbone.Blocks.Take(backbone.Blocks.Count - count).SelectMany(block => block);
        var norms = freezeBatchNorm ? network.modules().OfType<BatchNorm2d>() : [];
        var unfrozen = backbone.Blocks.TakeLast(count).Reverse()
            .Select((block, i) => ((IEnumerable<Module>)block, Math.Pow(rateDecay, i + 1)));
        return new TrainableParts(network, [.. kept, .. norms], [([backbone.Head], 1), .. unfrozen]);
    }

    /// <summary>Puts the trained parts into training mode and the rest into evaluation mode.</summary>
    public void Train()
    {
        _network.train();
        foreach (var module in _frozen)
        {
            module.eval();
        }
    }

    /// <summary>Computes gradients only for the trained weights; disposing computes them for all weights again.</summary>
    public IDisposable RequireGradients() => new Gradients(_network, _trained.SelectMany(part => part.Weights));

    /// <summary>Groups for an optimizer: biases and batch norms do not decay.</summary>
    /// <remarks>Source: He et al. 2019, "Bag of tricks", §3.1, arXiv:1812.01187.</remarks>
    public IEnumerable<WeightGroup> Groups() =>
        from part in _trained
        from isDecayed in DecayedOrNot
        let weights = part.Weights.Where(weight => weight.dim() > 1 == isDecayed).ToList()
        where weights.Count > 0
        select new WeightGroup(weights, part.RateFactor, isDecayed);

    private sealed class Gradients : IDisposable
    {
        private readonly List<Parameter> _stopped;

        public Gradients(Module network, IEnumerable<Parameter> trained)
        {
            var handles = trained.Select(weight => weight.Handle).ToHashSet();
            _stopped = [.. network.parameters().Where(weight => !handles.Contains(weight.Handle))];
            Set(false);
        }

        public void Dispose() => Set(true);

        private void Set(bool isTaken)
        {
            foreach (var weight in _stopped)
            {
                weight.requires_grad = isTaken;
            }
        }
    }
}
