using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Trainers.Tests.Models.Layers;

public class BackboneTests
{
    public static TheoryData<string> Names() =>
        ["alexnet", "vgg11", "vgg11_bn", "googlenet", "resnet18", "resnet20", "seresnet18", "senet154", "efficientnet_b0"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Features_EachNetwork_AreWhatItsHeadGets(string name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (network, architecture) = (FormulaValues.Fill(ImageModels.Get(name).Build(10)), ImageModels.Get(name));
        network.eval();
        var images = FormulaValues.Images(2, 64);
        var backbone = new Backbone(network, architecture.Head);

        var logits = backbone.Head.call(backbone.Features(images));

        Assert.True(logits.eq(network.call(images)).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Blocks_EachNetwork_HoldAllWeightsButTheHeads(string name)
    {
        using var network = ImageModels.Get(name).Network(10);
        var backbone = new Backbone(network, ImageModels.Get(name).Head);

        var held = backbone.Blocks.SelectMany(block => block).SelectMany(module => module.parameters()).Select(weight => weight.Handle);

        var head = backbone.Head.parameters().Select(weight => weight.Handle).ToHashSet();
        Assert.Equal(
            network.parameters().Select(weight => weight.Handle).Where(handle => !head.Contains(handle)).Order(), held.Order());
    }

    // By the tables: ResNet-18 has its stem and 8 blocks, ResNet-20 stem and 9; VGG-11 8 convolutions and 2 fully connected layers
    // before the head; GoogLeNet 3 convolutions and 9 modules; EfficientNet-B0 stem, 16 blocks and a last convolution.
    [Theory]
    [InlineData("resnet18", 9, 0)]
    [InlineData("resnet20", 10, 0)]
    [InlineData("vgg11_bn", 10, 0.5)]
    [InlineData("googlenet", 12, 0.2)]
    [InlineData("senet154", 51, 0.2)]
    [InlineData("efficientnet_b0", 18, 0.2)]
    [InlineData("efficientnet_b7", 57, 0.5)]
    public void Blocks_EachNetwork_AreThePapers(string name, int blocks, double headDropout)
    {
        using var network = ImageModels.Get(name).Network(10);

        var backbone = new Backbone(network, ImageModels.Get(name).Head);

        Assert.Equal(blocks, backbone.Blocks.Count);
        Assert.Equal(headDropout, backbone.HeadDropout);
    }

    [Fact]
    public void Blocks_ConvolutionOutsideOfBlocks_TakesItsBatchNormAlong()
    {
        using var network = ImageModels.Get("resnet18").Network(10);

        var stem = new Backbone(network, "fc").Blocks[0];

        Assert.Collection(stem, module => Assert.IsType<Conv2d>(module), module => Assert.IsType<BatchNorm2d>(module));
    }

    [Fact]
    public void Features_Done_LeavesNoTensorAlive()
    {
        using var network = FormulaValues.Fill(ImageModels.Get("vgg11").Build(10));
        network.eval();
        using var untracked = no_grad();
        using var images = FormulaValues.Images(1, 32);
        var backbone = new Backbone(network, "classifier.6");
        var before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        backbone.Features(images).Dispose();

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
