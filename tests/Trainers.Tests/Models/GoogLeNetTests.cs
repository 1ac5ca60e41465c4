using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;

namespace Trainers.Tests.Models;

public class GoogLeNetTests
{
    // Szegedy et al. 2015: torchvision's file has 13,004,888 weights with both auxiliary classifiers, 6,624,904 without.
    [Fact]
    public void BuildForTraining_Network_HasBothAuxiliaryClassifiers()
    {
        using var network = ImageModels.Get("googlenet").BuildForTraining(1000);

        Assert.Equal(13_004_888, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Classify_WithoutAuxiliaryClassifiers_GivesTheLastOnesLogits()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var network = FormulaValues.Fill((GoogLeNet)ImageModels.Get("googlenet").Build(10));
        network.eval();
        var images = FormulaValues.Images(2, 64);

        var logits = network.Classify(EagerGraph.Plain, images, out var auxiliary);

        Assert.Empty(auxiliary);
        Assert.True(logits.eq(network.call(images)).all().item<bool>());
    }

    [Theory]
    [InlineData(InceptionModule.Torchvision, 3)]
    [InlineData(InceptionModule.Paper, 5)]
    [InlineData(InceptionModule.Naive, 5)]
    public void Constructor_EachModule_HasItsThirdWindow(InceptionModule module, long kernel)
    {
        using var network = new GoogLeNet(module, squeezeExcitation: false, auxiliaryClassifiers: false, classes: 10);

        var key = module == InceptionModule.Naive ? "inception3a.branch3.conv.weight" : "inception3a.branch3.1.conv.weight";
        Assert.Equal([32, module == InceptionModule.Naive ? 192 : 16, kernel, kernel], network.state_dict()[key].shape);
    }
}
