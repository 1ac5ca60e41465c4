using MLVision.Trainers.Models;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models.Layers;

/// <summary>Torch's tensors are invisible to the garbage collector, so what a network leaves alive is counted.</summary>
public class BlockTests
{
    [Theory]
    [InlineData("resnet18", 64)]
    [InlineData("resnet50", 64)]
    [InlineData("resnet20", 32)]
    [InlineData("resnet20_projection", 32)]
    public void Call_WithoutGradients_LeavesOneTensor(string name, int imageSize)
    {
        using var untracked = no_grad();
        using var network = ImageModels.Get(name).Build(10);
        network.eval();
        using var images = zeros(1, 3, imageSize, imageSize);
        var before = LiveTensors;

        using var logits = network.call(images);

        Assert.Equal(1, LiveTensors - before);
    }

    [Fact]
    public void Call_WithGradientsInTraining_LeavesOneTensor()
    {
        using var network = ImageModels.Get("resnet20").Build(10);
        network.train();
        using var images = zeros(2, 3, 32, 32);
        var before = LiveTensors;

        using var logits = network.call(images);

        Assert.Equal(1, LiveTensors - before);
    }

    [Fact]
    public void Call_InsideAScope_LeavesTheResultToThatScope()
    {
        using var network = ImageModels.Get("resnet20").Build(10);
        Tensor logits;

        using (NewDisposeScope())
        {
            logits = network.call(zeros(2, 3, 32, 32));
            Assert.False(logits.IsInvalid);
        }

        Assert.True(logits.IsInvalid);
    }

    [Fact]
    public void Call_FiftyTrainingSteps_KeepsTheNumberOfTensorsFlat()
    {
        using var network = ImageModels.Get("resnet20").Build(10);
        using var generator = new Generator(1);
        using var optimizer = optim.SGD(network.parameters(), 0.01, momentum: 0.9);
        network.train();
        var live = new List<long>();

        for (var step = 0; step < 50; step++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.cross_entropy(
                network.call(randn([4, 3, 16, 16], generator: generator)), randint(0, 10, [4], generator: generator).to(ScalarType.Int64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            scope.DisposeEverything();
            live.Add(LiveTensors);
        }

        // The first step makes the optimizer's momentum; from then on nothing may be added.
        Assert.All(live, count => Assert.Equal(live[0], count));
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
