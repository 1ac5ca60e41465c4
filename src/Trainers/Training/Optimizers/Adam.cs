using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>Adam: steps divided by the size of the gradients. Weight decay is apart from them (AdamW) or added to them (Adam).</summary>
/// <remarks>
/// Source: Kingma and Ba 2015, algorithm 1, arXiv:1412.6980; Loshchilov and Hutter 2019, algorithm 2, arXiv:1711.05101. The momentum is the
/// first beta.
/// </remarks>
internal sealed class Adam : WeightOptimizer
{
    private const double VarianceDecay = 0.999;     // the second beta
    private const double Epsilon = 1e-8;            // keeps it from dividing by zero
    private const string Mean = "mean";
    private const string Variance = "variance";

    private readonly bool _isDecayApart;

    public Adam(FlatWeights weights, double weightDecay, bool isDecayApart)
        : base(weights, weightDecay)
    {
        _isDecayApart = isDecayApart;
        Keep(Mean);
        Keep(Variance);
    }

    protected override void Change(
        Tensor weights, Tensor gradient, Func<string, Tensor> state, double rate, double momentum, double decay)
    {
        var (meanShare, varianceShare) = (1 - Math.Pow(momentum, Steps), 1 - Math.Pow(VarianceDecay, Steps));
        using Scalar keptOfMean = momentum, newInMean = 1 - momentum;
        using Scalar keptOfVariance = VarianceDecay, newInVariance = 1 - VarianceDecay;
        using Scalar keptOfWeights = _isDecayApart ? 1 - (rate * decay) : 1, descent = -rate / meanShare;
        using Scalar deviationShare = Math.Sqrt(varianceShare), epsilon = Epsilon;
        if (!_isDecayApart && decay > 0)
        {
            using Scalar decayed = decay;
            gradient.add_(weights, decayed);
        }

        var mean = state(Mean).mul_(keptOfMean).add_(gradient, newInMean);
        var variance = state(Variance).mul_(keptOfVariance).addcmul_(gradient, gradient, newInVariance);
        weights.mul_(keptOfWeights);
        weights.addcdiv_(mean, variance.sqrt().div_(deviationShare).add_(epsilon), descent);
    }
}
