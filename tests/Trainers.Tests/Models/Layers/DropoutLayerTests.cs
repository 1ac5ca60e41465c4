using MLVision.Trainers.Models.Layers;
using TorchSharp;
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
    public void DrawFrom_SameSeed_GivesTheSameNoise()
    {
        using var scope = NewDisposeScope();
        var x = ones(8, 100);

        var (first, second, other) = (Noised(
            new RandomDropout(0.5), x, 7), Noised(new RandomDropout(0.5), x, 7), Noised(new RandomDropout(0.5), x, 8));

        Assert.True(first.eq(second).all().item<bool>());
        Assert.False(first.eq(other).all().item<bool>());
    }

    // torch's meta device has shapes and no values. As a GPU would, it refuses an operation with one of its tensors and one of the CPU's.
    [Fact]
    public void Call_OnAnotherDevice_StaysThere()
    {
        using var scope = NewDisposeScope();
        var meta = new Device(DeviceType.META);
        using var noise = new Noise(meta);
        noise.Restart(1);
        var network = Sequential(new RandomDropout(0.3), new StochasticDepth(0.2));
        network.train();
        DropoutLayer.DrawFrom(noise, network);

        var y = network.call(empty([2, 3, 4, 4], device: meta, requires_grad: true));
        y.sum().backward();

        Assert.Equal(DeviceType.META, y.device_type);
    }

    [Fact]
    public void Call_NoSourceOfNoise_DrawsFromTorchsGenerator()
    {
        using var scope = NewDisposeScope();
        var layer = new RandomDropout(0.5);
        layer.train();
        var before = get_rng_state();

        var y = layer.call(ones(8, 100));

        Assert.Equal([0f, 2f], y.data<float>().ToArray().Distinct().Order());
        Assert.False(get_rng_state().eq(before).all().item<bool>());
    }

    [Fact]
    public void Call_NetworkWithNoise_LeavesTorchsGeneratorAlone()
    {
        using var scope = NewDisposeScope();
        var before = get_rng_state();

        Noised(new RandomDropout(0.5), ones(8, 100), seed: 1);

        Assert.True(get_rng_state().eq(before).all().item<bool>());
    }

    private static Tensor Noised(DropoutLayer layer, Tensor x, long seed)
    {
        using var noise = new Noise(CPU);
        noise.Restart(seed);
        var network = Sequential(layer);
        network.train();
        DropoutLayer.DrawFrom(noise, network);
        return network.call(x);
    }
}
