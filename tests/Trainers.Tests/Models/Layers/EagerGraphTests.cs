using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

public class EagerGraphTests
{
    // bfloat16 has 8 significant bits, so each convolution's result is off by up to 0.4 percent; through fifty layers it comes to the few
    // hundredths seen here. A network computed in the wrong order or with the wrong weights is off by whole units.
    private const double Tolerance = 0.15;

    [Theory]
    [InlineData("alexnet")]
    [InlineData("vgg11_bn")]
    [InlineData("googlenet")]
    [InlineData("resnet50")]
    [InlineData("resnext50_32x4d")]
    [InlineData("seresnet50")]
    [InlineData("efficientnet_b0")]
    public void Apply_Mixed_StaysNearPyTorchsLogProbabilities(string name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var reference = ReferenceNetwork.Load(name);
        using var network = FormulaValues.Fill(ImageModels.Get(name).Build(ReferenceNetwork.Classes), reference.Gain);
        network.eval();

        var logits = EagerGraph.Mixed.Apply(network, FormulaValues.Images(2, reference.ImageSize));

        Assert.Equal(ScalarType.Float32, logits.dtype);
        Assert.All(
            reference.LogProbabilities.SelectMany(row => row).Zip(functional.log_softmax(logits, 1).data<float>()),
            pair => Assert.InRange(pair.Second, pair.First - Tolerance, pair.First + Tolerance));
    }

    // Over few images batch norm turns rounding into larger differences: with 4 the cosine is 0.93 to 0.97, with 16 0.979 to 0.989.
    [Theory]
    [InlineData("resnet20")]
    [InlineData("efficientnet_b0")]
    public void Apply_MixedInTraining_GivesFloatGradientsInTheSameDirection(string name)
    {
        using var scope = NewDisposeScope();
        using var network = ImageModels.Get(name).Build(10);
        Initialization.HeNormal(network, seed: 1, _ => true);
        using var noise = new Noise(CPU);
        DropoutLayer.DrawFrom(noise, network);
        network.train();

        var (plain, mixed) = (Gradient(EagerGraph.Plain), Gradient(EagerGraph.Mixed));

        Assert.Equal(ScalarType.Float32, mixed.dtype);
        Assert.InRange(functional.cosine_similarity(plain, mixed, dim: 0).item<float>(), 0.97f, 1.0001f);

        Tensor Gradient(EagerGraph graph)
        {
            noise.Restart(1);
            network.zero_grad();
            var classes = arange(16, ScalarType.Int64).remainder(4);
            functional.cross_entropy(graph.Apply(network, FormulaValues.Images(16, 64)), classes).backward();
            return cat([.. network.parameters().Select(weight => weight.grad!.flatten())]).clone();
        }
    }

    [Theory]
    [InlineData(1, ScalarType.BFloat16)]
    [InlineData(4, ScalarType.Float32)]
    public void Apply_MixedConvolution_IsInBFloat16UnlessGrouped(int groups, ScalarType expected)
    {
        using var scope = NewDisposeScope();
        using var layer = Conv2d(8, 8, 3, padding: 1, groups: groups);

        var y = EagerGraph.Mixed.Apply(layer, ones(1, 8, 4, 4));

        Assert.Equal(expected, y.dtype);
        Assert.Equal(ScalarType.Float32, layer.weight.dtype);
    }

    [Theory]
    [InlineData("resnet18", 64)]
    [InlineData("efficientnet_b0", 32)]
    [InlineData("googlenet", 32)]
    public void Apply_Mixed_LeavesOneTensor(string name, int imageSize)
    {
        using var untracked = no_grad();
        using var network = ImageModels.Get(name).Build(10);
        network.eval();
        using var images = zeros(1, 3, imageSize, imageSize);
        var before = LiveTensors;

        using var logits = EagerGraph.Mixed.Apply(network, images);

        Assert.Equal(1, LiveTensors - before);
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
