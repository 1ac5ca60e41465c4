using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>Stochastic gradient descent with Nesterov momentum, as PyTorch's SGD.</summary>
/// <remarks>
/// Source: Sutskever et al. 2013, §2, in PyTorch's form: the momentum is a sum of gradients, to which a step's rate applies as a whole.
/// </remarks>
internal sealed class GradientDescent : WeightOptimizer
{
    private const string Momentum = "momentum";

    private readonly bool _hasMomentum;

    public GradientDescent(FlatWeights weights, double weightDecay, bool hasMomentum)
        : base(weights, weightDecay)
    {
        _hasMomentum = hasMomentum;
        if (hasMomentum)
        {
            Keep(Momentum);
        }
    }

    protected override void Change(
        Tensor weights, Tensor gradient, Func<string, Tensor> state, double rate, double momentum, double decay)
    {
        using Scalar descent = -rate, decayed = decay, kept = momentum;
        if (decay > 0)
        {
            gradient.add_(weights, decayed);
        }

        if (_hasMomentum)
        {
            var sum = state(Momentum).mul_(kept).add_(gradient);
            gradient.add_(sum, kept);
        }

        weights.add_(gradient, descent);
    }
}
