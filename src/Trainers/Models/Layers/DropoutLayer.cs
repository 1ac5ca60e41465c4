using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Models.Layers;

/// <summary>A layer that drops values at random while it trains, and does nothing otherwise.</summary>
/// <remarks>
/// Kept values are divided by the probability of keeping them. A training gives all layers of a network one source of noise (<see
/// cref="DrawFrom"/>), so it neither uses nor changes torch's global generator; without one they draw from that.
/// </remarks>
/// <param name="name">Name of the module, for messages.</param>
/// <param name="probability">Probability of being dropped.</param>
internal abstract class DropoutLayer(string name, double probability) : Module<Tensor, Tensor>(name)
{
    private Noise? _noise;

    /// <summary>Probability of being dropped.</summary>
    public double Probability => probability;

    /// <summary>Makes all dropout of a network draw from one source, which must exist as long as the network trains.</summary>
    public static void DrawFrom(Noise noise, Module network)
    {
        foreach (var layer in network.modules().OfType<DropoutLayer>())
        {
            layer._noise = noise;
        }
    }

    public sealed override Tensor forward(Tensor input)
    {
        if (!training || probability == 0)
        {
            return input.alias();
        }

        return Drop(input, MaskShape(input.shape), probability, _noise);
    }

    /// <summary>Drops single values of a tensor.</summary>
    public static Tensor Drop(Tensor input, double probability, Noise noise) =>
        probability == 0 ? input.alias() : Drop(input, input.shape, probability, noise);

    private static Tensor Drop(Tensor input, long[] maskShape, double probability, Noise? noise)
    {
        using var scope = NewDisposeScope();
        var kept = noise?.Kept(maskShape, probability)
            ?? empty(maskShape, ScalarType.Bool, input.device).bernoulli_(1 - probability);
        var factors = kept.to(input.dtype).div_(1 - probability);
        return (input * factors).MoveToOuterDisposeScope();
    }

    /// <summary>Shape of what is drawn, broadcast over the input.</summary>
    protected abstract long[] MaskShape(long[] input);
}

/// <summary>Drops single values.</summary>
/// <remarks>Source: Srivastava et al. 2014, Journal of Machine Learning Research 15.</remarks>
internal sealed class RandomDropout(double probability) : DropoutLayer(nameof(RandomDropout), probability)
{
    protected override long[] MaskShape(long[] input) => input;
}

/// <summary>Drops whole images of a batch, so that a residual block is skipped for them.</summary>
/// <remarks>Source: Huang et al. 2016, §3, arXiv:1603.09382.</remarks>
internal sealed class StochasticDepth(double probability) : DropoutLayer(nameof(StochasticDepth), probability)
{
    protected override long[] MaskShape(long[] input) => [input[0], .. Enumerable.Repeat(1L, input.Length - 1)];
}
