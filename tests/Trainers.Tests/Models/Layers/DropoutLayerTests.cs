using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

public class DropoutLayerTests
{
    [Fact]
    public void RandomDropout_Training_KeepsItsShareAndItsMean()
    {
        using var scope = NewDisposeScope();

        var y = Noised(new RandomDropout(0.3), ones(100, 1000), seed: 1);

        // 100,000 draws: a standard deviation of 0.0015 around 0.7.
        Assert.InRange(y.ne(0).to(float32).mean().item<float>(), 0.69, 0.71);
        Assert.InRange(y.max().item<float>(), (1 / 0.7f) - 1e-6, (1 / 0.7f) + 1e-6);
    }

    [Fact]
    public void StochasticDepth_Training_DropsWholeImages()
    {
        using var scope = NewDisposeScope();

        var y = Noised(new StochasticDepth(0.5), ones(64, 3, 4, 4), seed: 1);

        var perImage = y.flatten(1);
        Assert.True(perImage.eq(perImage.narrow(1, 0, 1)).all().item<bool>());
        Assert.Equal([0f, 2f], perImage.data<float>().ToArray().Distinct().Order());
    }

    [Fact]
    public void Call_Evaluating_PassesTheInputOn()
    {
        using var scope = NewDisposeScope();
        var layer = new RandomDropout(0.9);
        layer.eval();
        var x = rand(4, 5);

        var y = layer.call(x);

        Assert.True(y.eq(x).all().item<bool>());
    }

    [Fact]
    public void Seed_SameGeneratorState_GivesTheSameNoise()
    {
        using var scope = NewDisposeScope();
        var x = ones(8, 100);

        var (first, second, other) = (Noised(
            new RandomDropout(0.5), x, 7), Noised(new RandomDropout(0.5), x, 7), Noised(new RandomDropout(0.5), x, 8));

        Assert.True(first.eq(second).all().item<bool>());
        Assert.False(first.eq(other).all().item<bool>());
    }

    [Fact]
    public void Call_SeededNetwork_LeavesTorchsGeneratorAlone()
    {
        using var scope = NewDisposeScope();
        var before = get_rng_state();

        Noised(new RandomDropout(0.5), ones(8, 100), seed: 1);

        Assert.True(get_rng_state().eq(before).all().item<bool>());
    }

    private static Tensor Noised(DropoutLayer layer, Tensor x, ulong seed)
    {
        using var generator = new Generator(seed, CPU);
        var network = Sequential(layer);
        network.train();
        DropoutLayer.Seed(network, generator);
        return network.call(x);
    }
}
