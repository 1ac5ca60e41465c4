using BenchmarkDotNet.Attributes;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Rates;
using MLVision.Trainers.Training.Snapshots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>What follows the backward pass: clipping, the optimizer's step and the moving average.</summary>
public class OptimizerBenchmarks : IDisposable
{
    private const double Rate = 1e-6;       // the weights stay what they are

    private Block _flatNetwork = null!;
    private Block _network = null!;
    private FlatWeights _weights = null!;
    private WeightOptimizer _flatOptimizer = null!;
    private WeightAverage _flatAverage = null!;
    private optim.Optimizer _optimizer = null!;
    private List<(Tensor Average, Tensor Weight)> _average = null!;

    /// <summary>The network: many small weights, or few large ones.</summary>
    [Params("efficientnet_b0", "resnet50", "alexnet")]
    public string Architecture { get; set; } = "";

    /// <summary>The optimizer.</summary>
    [Params(TrainingOptimizer.Sgd, TrainingOptimizer.AdamW)]
    public TrainingOptimizer Algorithm { get; set; }

    /// <summary>Makes both networks, with gradients.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (_flatNetwork, _network) = (WithGradients(), WithGradients());
        _weights = new FlatWeights(_flatNetwork, TrainableParts.All(_flatNetwork).Groups());
        _flatOptimizer = WeightOptimizer.Of(Algorithm, _weights, weightDecay: 1e-4, momentum: 0.9);
        _flatAverage = new WeightAverage(_weights, decay: 0.99);
        _optimizer = Algorithm == TrainingOptimizer.AdamW
            ? optim.AdamW(_network.parameters(), Rate, weight_decay: 1e-4)
            : optim.SGD(_network.parameters(), Rate, momentum: 0.9, weight_decay: 1e-4, nesterov: true);
        _average = [.. _network.state_dict().Values.Where(weight => weight.dtype == ScalarType.Float32)
            .Select(weight => (weight.detach().clone(), weight.detach()))];
    }

    /// <summary>Releases everything.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _flatAverage.Dispose();
        _flatOptimizer.Dispose();
        _weights.Dispose();
        _optimizer.Dispose();
        _flatNetwork.Dispose();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>TorchSharp's, weight by weight.</summary>
    [Benchmark(Baseline = true)]
    public void WeightByWeight()
    {
        using var scope = NewDisposeScope();
        nn.utils.clip_grad_norm_(_network.parameters().Cast<Parameter>(), 1e3);
        _optimizer.step();
        using var untracked = no_grad();
        foreach (var (average, weight) in _average)
        {
            average.lerp_(weight, 0.01);
        }
    }

    /// <summary>Ours, on all weights side by side.</summary>
    [Benchmark]
    public void SideBySide()
    {
        using var scope = NewDisposeScope();
        var gradients = _weights.Gradients();
        gradients.Clip(1e3);
        _flatOptimizer.Step(gradients, new StepRates(Rate, 0.9));
        _flatAverage.Update(1000);
    }

    private Block WithGradients()
    {
        var network = ImageModels.Get(Architecture).Build(1000);
        Initialization.HeNormal(network, seed: 1, _ => true);
        foreach (var weight in network.parameters())
        {
            weight.grad = weight.detach().mul(0.01).DetachFromDisposeScope();
        }

        return network;
    }
}
