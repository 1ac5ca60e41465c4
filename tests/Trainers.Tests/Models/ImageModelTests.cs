using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Weights;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models;

/// <summary>The door for a training loop of one's own: everything here is public API and TorchSharp's.</summary>
public class ImageModelTests
{
    private static readonly ImageModel ResNet20 = ImageModels.Get("resnet20");

    [Fact]
    public void CreateNetwork_InABareLoop_LearnsTwoClasses()
    {
        using var network = ResNet20.CreateNetwork(classes: 2);
        using var images = stack([zeros(3, 32, 32), ones(3, 32, 32)]);
        using var labels = tensor(new long[] { 0, 1 });
        using var optimizer = optim.SGD(network.parameters(), learningRate: 0.05);
        var losses = new List<float>();

        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.cross_entropy(network.call(images), labels);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }

        // Two images that differ in every pixel: a network that learns at all tells them apart.
        Assert.True(losses[^1] < losses[0] / 2, string.Join(", ", losses));
    }

    [Fact]
    public void CreateNetwork_Weights_AreFloatsOnTheCpuThatLearn()
    {
        using var network = ResNet20.CreateNetwork();

        Assert.True(network.training);
        Assert.All(network.parameters(), weight =>
        {
            Assert.Equal(
                (ScalarType.Float32, DeviceType.CPU, true), (weight.dtype, weight.device_type, weight.requires_grad));
        });
    }

    [Theory]
    [InlineData(null, 10)]
    [InlineData(7, 7)]
    public void CreateNetwork_Classes_AreTheLogits(int? classes, int expected)
    {
        using var network = ResNet20.CreateNetwork(classes);
        using var images = zeros(2, 3, 32, 32);

        using var logits = network.call(images);

        Assert.Equal([2, expected], logits.shape);
    }

    [Fact]
    public void CreateNetwork_Seed_GivesTheWeightsOfATraining()
    {
        using var start = StartingPoint.Open(
            ResNet20, weights: null, key: null, NullLogger.Instance, progress: null, CancellationToken.None);
        using var trained = start.Build(classes: 3, seed: 5);

        using var network = ResNet20.CreateNetwork(classes: 3, seed: 5);

        Assert.Equal(Bits(trained), Bits(network));
    }

    [Fact]
    public void CreateNetwork_InADisposeScope_OutlivesIt()
    {
        using var images = zeros(1, 3, 32, 32);
        Module<Tensor, Tensor> network;
        using (NewDisposeScope())
        {
            network = ResNet20.CreateNetwork();
        }

        using var logits = network.call(images);

        Assert.Equal([1, 10], logits.shape);
        network.Dispose();
    }

    [Fact]
    public void CreateNetwork_MixedPrecision_ComputesAsATrainingOfMixedPrecisionDoes()
    {
        using var network = ResNet20.CreateNetwork(precision: TrainingPrecision.Mixed);
        using var plain = ResNet20.CreateNetwork();
        network.eval();
        plain.eval();
        using var images = ones(1, 3, 32, 32);

        using var logits = network.call(images);
        using var expected = EagerGraph.Mixed.Apply(plain, images);
        using var full = plain.call(images);

        Assert.Equal(expected.data<float>().ToArray(), logits.data<float>().ToArray());
        Assert.NotEqual(full.data<float>().ToArray(), logits.data<float>().ToArray());
    }

    [Fact]
    public void CreateNetwork_OneClass_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("classes", () => ResNet20.CreateNetwork(classes: 1));

    private static byte[][] Bits(Module network) => [.. network.state_dict().Values.Select(weight => weight.bytes.ToArray())];
}
