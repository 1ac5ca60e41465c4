using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

public class InitializationTests
{
    [Fact]
    public void HeNormal_SameSeedAfterOtherDraws_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        var first = Drawn(ImageModels.Get("resnet20").Build(10), seed: 7);
        rand(1000).Dispose();   // the process draws from torch's own generator

        var second = Drawn(ImageModels.Get("resnet20").Build(10), seed: 7);

        var weights = second.state_dict();
        Assert.All(first.state_dict(), w => Assert.True(Same(w.Value, weights[w.Key]), $"{w.Key} differs."));
    }

    [Fact]
    public void HeNormal_OtherSeed_GivesOtherWeights()
    {
        using var scope = NewDisposeScope();

        var (one, two) = (Drawn(Conv2d(3, 4, 3), seed: 1), Drawn(Conv2d(3, 4, 3), seed: 2));

        Assert.False(Same(((Conv2d)one).weight, ((Conv2d)two).weight));
    }

    // √(2 / fan-out), He et al. 2015, equation 14. The deviation of n normal draws strays by 1 / √(2n) of itself:
    // five times that is the tolerance. The shapes tell fan-out from fan-in and from the whole of a grouped convolution.
    [Theory]
    [InlineData(256, 512, 1, 1, 512)]
    [InlineData(32, 64, 3, 1, 64 * 9)]
    [InlineData(1024, 512, 3, 32, 512 / 32 * 9)]
    public void HeNormal_Convolution_HasVarianceTwoOverFanOut(int input, int output, int kernel, int groups, int fanOut)
    {
        using var scope = NewDisposeScope();

        var conv = (Conv2d)Drawn(Conv2d(input, output, kernel, groups: groups), seed: 3);

        var tolerance = 5 / Math.Sqrt(2.0 * conv.weight.numel());
        var ratio = conv.weight.std().item<float>() / Math.Sqrt(2.0 / fanOut);
        Assert.InRange(ratio, 1 - tolerance, 1 + tolerance);
        Assert.True(conv.bias!.eq(0).all().item<bool>());
    }

    // Uniform on ±b has standard deviation b / √3; the tolerance is five times the stray of 100,000 draws, 1 / √n, rounded up.
    [Fact]
    public void HeNormal_Linear_IsUniformWithinOneOverRootOfInputs()
    {
        using var scope = NewDisposeScope();

        var linear = (Linear)Drawn(Linear(100, 1000), seed: 4);

        Assert.InRange(linear.weight.abs().max().item<float>(), 0.099f, 0.1f);
        Assert.InRange(linear.weight.std().item<float>() * Math.Sqrt(3) / 0.1, 0.98, 1.02);
        Assert.InRange(linear.bias!.abs().max().item<float>(), 0.09f, 0.1f);
    }

    [Fact]
    public void HeNormal_BatchNorm_IsOneAndZero()
    {
        using var scope = NewDisposeScope();

        var norm = (BatchNorm2d)Drawn(FormulaValues.Fill(BatchNorm2d(8)), seed: 5);

        Assert.True(norm.weight!.eq(1).all().item<bool>());
        Assert.True(norm.bias!.eq(0).all().item<bool>());
    }

    private static bool Same(Tensor a, Tensor b) => a.bytes.SequenceEqual(b.bytes);

    private static Module<Tensor, Tensor> Drawn(Module<Tensor, Tensor> network, int seed)
    {
        Initialization.HeNormal(network, seed, _ => true);
        return network;
    }
}
