using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Rates;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Optimizers;

/// <summary>Steps of a linear layer of two inputs and outputs under the mean squared error, against PyTorch 1.13's own.</summary>
/// <remarks>
/// There: weights [[1, −2], [0.5, 3]], bias [0.25, −0.75]; inputs (1, 2), (−1, 0.5), (3, −1), targets (1, 0), (0, 2), (−1, 1); the
/// bias in a group of its own without weight decay; learning rate 0.1.
/// </remarks>
public sealed class WeightOptimizerTests : IDisposable
{
    private const float Tolerance = 1e-5f;      // single precision over at most ten steps near 1

    private readonly Linear _layer = torch.nn.Linear(2, 2);
    private readonly Tensor _inputs = tensor(new[] { 1f, 2f, -1f, 0.5f, 3f, -1f }).reshape(3, 2);
    private readonly Tensor _targets = tensor(new[] { 1f, 0f, 0f, 2f, -1f, 1f }).reshape(3, 2);

    public WeightOptimizerTests()
    {
        using var untracked = no_grad();
        _layer.weight.copy_(tensor(new[] { 1f, -2f, 0.5f, 3f }).reshape(2, 2));
        _layer.bias!.copy_(tensor(new[] { 0.25f, -0.75f }));
    }

    public void Dispose()
    {
        _layer.Dispose();
        _inputs.Dispose();
        _targets.Dispose();
    }

    [Fact]
    public void Step_SgdThreeTimes_IsPyTorchs()
    {
        Train(TrainingOptimizer.Sgd, weightDecay: 0.01, Constant(momentum: 0.9), steps: 3);

        AssertWeights([-0.9153858f, 0.5745935f, 0.5684564f, 0.3341263f], [0.3769276f, -0.7056962f]);
    }

    [Fact]
    public void Step_SgdWithoutMomentumThreeTimes_IsPyTorchs()
    {
        Train(TrainingOptimizer.Sgd, weightDecay: 0.01, Constant(momentum: 0), steps: 3);

        AssertWeights([-0.0746974f, -0.8403078f, 0.5992233f, 1.8455894f], [0.2558603f, -0.7713860f]);
    }

    [Fact]
    public void Step_AdamWThreeTimes_IsPyTorchs()
    {
        Train(TrainingOptimizer.AdamW, weightDecay: 0.05, Constant(momentum: 0.9), steps: 3);

        AssertWeights([0.6880642f, -1.6721245f, 0.7691571f, 2.6575863f], [0.0006405f, -1.0428247f]);
    }

    /// <summary>By the same steps in NumPy, which for AdamW gives PyTorch's values above.</summary>
    [Fact]
    public void Step_AdamThreeTimes_AddsDecayToTheGradient()
    {
        Train(TrainingOptimizer.Adam, weightDecay: 2, Constant(momentum: 0.9), steps: 3);

        AssertWeights([0.7014511f, -1.7005094f, 0.4710543f, 2.7004299f], [0.0007117f, -0.9432004f]);
    }

    [Fact]
    public void Step_AdamWBiasAtATenthOfTheRate_IsPyTorchs()
    {
        Train(TrainingOptimizer.AdamW, weightDecay: 0.05, Constant(momentum: 0.9), steps: 3, biasRateFactor: 0.1);

        AssertWeights([0.6877354f, -1.6722565f, 0.7519189f, 2.6574202f], [0.2206862f, -0.7800488f]);
    }

    [Fact]
    public void Step_SgdOneCycleOfTenSteps_IsPyTorchs()
    {
        Train(TrainingOptimizer.Sgd, weightDecay: 0.01, new OneCycleSchedule(0.1, 0.9, risingSteps: 3, steps: 10), steps: 10);

        AssertWeights([-0.3830734f, 1.3116099f, 0.0906411f, -0.8022937f], [0.4874891f, -0.0189656f]);
    }

    /// <summary>The schedule's momentum is AdamW's first beta.</summary>
    [Fact]
    public void Step_AdamWOneCycleOfTenSteps_IsPyTorchs()
    {
        Train(TrainingOptimizer.AdamW, weightDecay: 0.05, new OneCycleSchedule(0.1, 0.9, risingSteps: 3, steps: 10), steps: 10);

        AssertWeights([0.5829038f, -1.5544344f, 0.8094336f, 2.5342281f], [-0.0027373f, -1.1136428f]);
    }

    /// <summary>PyTorch's clip_grad_norm_ to 1; the norms before were 8.8, 8.2 and 7.4.</summary>
    [Fact]
    public void ClipGradients_LargerThanAllowed_IsPyTorchs()
    {
        Train(TrainingOptimizer.Sgd, weightDecay: 0.01, Constant(momentum: 0.9), steps: 3, maxNorm: 1);

        AssertWeights([0.4943971f, -1.5311879f, 0.5595103f, 2.5424445f], [0.2323870f, -0.7703298f]);
    }

    private static CosineSchedule Constant(double momentum) => new(0.1, momentum, warmupSteps: 0, steps: int.MaxValue);

    private void Train(
        TrainingOptimizer algorithm, double weightDecay, LearningRateSchedule schedule, int steps, double biasRateFactor = 1,
        double maxNorm = 0)
    {
        using var weights = new FlatWeights(
            _layer,
            [new WeightGroup([_layer.weight], 1, IsDecayed: true), new WeightGroup([_layer.bias!], biasRateFactor, IsDecayed: false)]);
        using var optimizer = WeightOptimizer.Of(algorithm, weights, weightDecay, schedule.At(0).Momentum);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            weights.DropGradients();
            (_layer.call(_inputs) - _targets).square().mean().backward();
            var gradients = weights.Gradients();
            gradients.Clip(maxNorm);
            optimizer.Step(gradients, schedule.At(step));
        }

        Assert.Equal(steps, optimizer.Steps);
    }

    private void AssertWeights(float[] weights, float[] bias)
    {
        Assert.Equal(weights, _layer.weight.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal(bias, _layer.bias!.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < Tolerance);
    }
}
