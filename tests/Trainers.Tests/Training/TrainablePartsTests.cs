using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training;
using TorchSharp.Modules;

namespace Trainers.Tests.Training;

public class TrainablePartsTests
{
    [Fact]
    public void Groups_All_DecayMatricesAndFiltersOnly()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        var groups = TrainableParts.All(network).Groups().ToList();

        // 19 convolutions and one linear layer; 19 batch norms with two weights each and one bias.
        Assert.Equal([(20, 1.0, true), (39, 1.0, false)], groups.Select(group => (group.Weights.Count, group.RateFactor, group.IsDecayed)));
        Assert.All(groups[0].Weights, weight => Assert.True(weight.dim() > 1));
    }

    [Fact]
    public void Groups_Head_DecayItsMatrixOnly()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        var groups = TrainableParts.HeadOf(network, new Backbone(network, "fc")).Groups();

        Assert.Equal([(2L, true), (1L, false)], groups.Select(group => (Assert.Single(group.Weights).dim(), group.IsDecayed)));
    }

    [Fact]
    public void Groups_LastTwoBlocks_AreTheHeadAndTheseAtFallingRates()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        var groups = Last(network, blocks: 2, rateDecay: 0.5).Groups().ToList();

        // The head's matrix and bias at the full rate; two convolutions each of the last block and of the one before it.
        Assert.Equal(
            [(1, 1.0, true), (1, 1.0, false), (2, 0.5, true), (2, 0.25, true)],
            groups.Select(group => (group.Weights.Count, group.RateFactor, group.IsDecayed)));
    }

    [Fact]
    public void Groups_BatchNormNotFrozen_AreTrainedToo()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        var groups = Last(network, blocks: 1, freezeBatchNorm: false).Groups().ToList();

        Assert.Equal([1, 1, 2, 4], groups.Select(group => group.Weights.Count));    // two batch norms of two weights
    }

    [Fact]
    public void RequireGradients_LastBlock_StopsThemForTheRestUntilDisposed()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        using (Last(network, blocks: 1).RequireGradients())
        {
            var taken = network.named_parameters().Where(weight => weight.parameter.requires_grad).Select(weight => weight.name);
            Assert.Equal(["fc.bias", "fc.weight", "layer3.2.conv1.weight", "layer3.2.conv2.weight"], taken.Order(StringComparer.Ordinal));
        }

        Assert.All(network.parameters(), weight => Assert.True(weight.requires_grad));
    }

    [Fact]
    public void Train_LastBlock_LeavesTheRestAndBatchNormsEvaluating()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        Last(network, blocks: 1).Train();

        Assert.All(network.modules().OfType<BatchNorm2d>(), norm => Assert.False(norm.training));
        var inTraining = network.named_modules().Where(module => module.module is Conv2d or Linear && module.module.training)
            .Select(module => module.name);
        Assert.Equal(["fc", "layer3.2.conv1", "layer3.2.conv2"], inTraining.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, 22)]
    [InlineData(100, 22)]
    [InlineData(0, 2)]
    public void Groups_Blocks_AreAllOrNone(int? blocks, int weights)
    {
        using var network = ImageModels.Get("resnet20_projection").Build(10);

        var trained = Last(network, blocks).Groups().Sum(group => group.Weights.Count);

        // 19 convolutions and two projections, batch norms frozen; the head's two.
        Assert.Equal(blocks == 0 ? weights : weights + 1, trained);
    }

    private static TrainableParts Last(Block network, int? blocks, double rateDecay = 1, bool freezeBatchNorm = true) =>
        TrainableParts.Last(network, new Backbone(network, "fc"), blocks, rateDecay, freezeBatchNorm);
}
