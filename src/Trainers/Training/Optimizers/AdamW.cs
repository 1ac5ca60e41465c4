using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>AdamW: steps divided by the size of the gradients, and weight decay apart from them.</summary>
/// <remarks>
/// Source: Kingma and Ba 2015, algorithm 1, arXiv:1412.6980; Loshchilov and Hutter 2019, algorithm 2, arXiv:1711.05101. The momentum is the
/// first beta.
/// </remarks>
internal sealed class AdamW : WeightOptimizer
{
    private const double VarianceDecay = 0.999;     // the second beta
    private const double Epsilon = 1e-8;            // keeps it from dividing by zero
    private const string Mean = "mean";
    private const string Variance = "variance";

    public AdamW(FlatWeights weights, double weightDecay)
        : base(weights, weightDecay)
    {
        Keep(Mean);
        Keep(Variance);
    }

    protected override void Change(
        Tensor weights, Tensor gradient, Func<string, Tensor> state, double rate, double momentum, double decay)
    {
        var (meanShare, varianceShare) = (1 - Math.Pow(momentum, Steps), 1 - Math.Pow(VarianceDecay, Steps));
        var mean = state(Mean).mul_(momentum).add_(gradient, alpha: 1 - momentum);
        var variance = state(Variance).mul_(VarianceDecay).addcmul_(gradient, gradient, value: 1 - VarianceDecay);
        weights.mul_(1 - (rate * decay));
        weights.addcdiv_(mean, (variance.sqrt() / Math.Sqrt(varianceShare)).add_(Epsilon), value: -rate / meanShare);
    }
}
