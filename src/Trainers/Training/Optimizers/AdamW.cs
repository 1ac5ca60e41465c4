using TorchSharp;
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
        using Scalar keptOfMean = momentum, newInMean = 1 - momentum;
        using Scalar keptOfVariance = VarianceDecay, newInVariance = 1 - VarianceDecay;
        using Scalar keptOfWeights = 1 - (rate * decay), descent = -rate / meanShare;
        using Scalar deviationShare = Math.Sqrt(varianceShare), epsilon = Epsilon;
        var mean = state(Mean).mul_(keptOfMean).add_(gradient, newInMean);
        var variance = state(Variance).mul_(keptOfVariance).addcmul_(gradient, gradient, newInVariance);
        weights.mul_(keptOfWeights);
        weights.addcdiv_(mean, variance.sqrt().div_(deviationShare).add_(epsilon), descent);
    }
}
