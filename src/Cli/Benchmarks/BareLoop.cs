using System.Diagnostics;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Cli.Benchmarks;

/// <summary>The least that a training must do, as one writes it on TorchSharp: forward, backward and step on one batch.</summary>
internal sealed class BareLoop : IDisposable
{
    private const double LearningRate = 0.01;
    private const double Momentum = 0.9;
    private const double WeightDecay = 5e-4;
    private const double LabelSmoothing = 0.1;

    private readonly Module<Tensor, Tensor> _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _images;
    private readonly Tensor _labels;

    /// <summary>Makes network and batch ready.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="precision">What it computes with.</param>
    /// <param name="batch">Images [N, 3, H, W], of which this takes possession, and their classes.</param>
    /// <param name="labels">Classes [N], of which this takes possession.</param>
    /// <param name="classes">Number of classes.</param>
    public BareLoop(ImageModel architecture, Device device, TrainingPrecision precision, Tensor batch, Tensor labels, int classes)
    {
        (_images, _labels) = (batch, labels);
        _network = architecture.CreateNetwork(classes, precision: precision).to(device);
        _optimizer = optim.SGD(
            [new SGD.ParamGroup(_network.parameters(), LearningRate, Momentum, weight_decay: WeightDecay, nesterov: true)], LearningRate);
        _network.train();
    }

    /// <summary>Makes a step that is not counted, and then some that are; returns the mean seconds of these.</summary>
    public double Run(int steps, CancellationToken cancellationToken)
    {
        using var tracked = enable_grad();
        Steps(1, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        Steps(steps, cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }

    /// <summary>Makes steps one behind the other, and waits for the device at the end.</summary>
    private void Steps(int count, CancellationToken cancellationToken)
    {
        for (var step = 1; step <= count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var loss = functional.cross_entropy(_network.call(_images), _labels, label_smoothing: LabelSmoothing);
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            if (step == count)
            {
                _ = loss.item<float>();
            }
        }
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }
}
