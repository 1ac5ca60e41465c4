using MLVision.Trainers.Models;
using MLVision.Trainers.Weights;

namespace Trainers.Tests.Weights;

public sealed class WeightNamesTests
{
    public static TheoryData<string> Architectures => [.. ImageModels.All.Select(model => model.Name)];

    /// <summary>So that a file with our names never suffers from knowing others'.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Translate_OwnNames_Stay(string name)
    {
        var architecture = ImageModels.Get(name);
        using var network = (architecture.TrainingNetwork ?? architecture.Network)(2);

        Assert.All(network.state_dict().Keys, key => Assert.Equal(key, WeightNames.Translate(key, architecture)));
    }

    [Theory]
    [InlineData("resnet50", "linear.bias", "fc.bias")]
    [InlineData("resnet50", "head.weight", "fc.weight")]
    [InlineData("resnet50", "layer4.2.shortcut.1.running_mean", "layer4.2.downsample.1.running_mean")]
    [InlineData("seresnet50", "layer0.conv1.weight", "conv1.weight")]
    [InlineData("seresnet50", "layer0.bn1.running_var", "bn1.running_var")]
    [InlineData("seresnet50", "layer1.0.se_module.fc1.bias", "layer1.0.se.fc1.bias")]
    [InlineData("seresnet50", "last_linear.weight", "fc.weight")]
    [InlineData("senet154", "layer0.conv1.weight", "layer0.conv1.weight")]
    [InlineData("senet154", "layer1.0.se.fc1.weight", "layer1.0.se_module.fc1.weight")]
    [InlineData("senet154", "fc.weight", "last_linear.weight")]
    [InlineData("alexnet", "classifier.6.weight", "classifier.6.weight")]
    [InlineData("vgg16_bn", "pre_logits.fc2.bias", "classifier.3.bias")]
    [InlineData("vgg16_bn", "head.fc.weight", "classifier.6.weight")]
    [InlineData("efficientnet_b7", "blocks.5.12.conv_pwl.weight", "features.6.12.block.3.0.weight")]
    public void Translate_ForeignName_BecomesOurs(string architecture, string name, string expected) =>
        Assert.Equal(expected, WeightNames.Translate(name, ImageModels.Get(architecture)));

    [Theory]
    [InlineData("resnet50", "layer1.0.conv1.weight")]
    [InlineData("resnet50", "weight")]
    [InlineData("resnet50", ".weight")]
    [InlineData("resnet50", "")]
    [InlineData("efficientnet_b0", "blocks.0.0.bn3.weight")]         // the first stage has two batch norms
    [InlineData("efficientnet_b0", "blocks.0.0.conv_pwl.weight")]
    [InlineData("efficientnet_b0", "blocks.1.0.conv_dw2.weight")]
    [InlineData("efficientnet_b0", "blocks.7.0.conv_dw.weight")]
    [InlineData("efficientnet_b0", "blocks.123456789012.0.conv_dw.weight")]
    [InlineData("efficientnet_b0", "bn3.weight")]
    public void Translate_UnknownName_Stays(string architecture, string name) =>
        Assert.Equal(name, WeightNames.Translate(name, ImageModels.Get(architecture)));

    [Theory]
    [InlineData("layer1.0.se_module.fc1.weight", "seresnet50")]
    [InlineData("layer1.0.se.fc1.weight", "seresnet50_timm")]
    public void IsOfThisForm_NameOfTheGate_Tells(string name, string expected)
    {
        string[] forms = ["seresnet50", "seresnet50_timm"];

        Assert.Equal([expected], forms.Where(form => ImageModels.Get(form).IsOfThisForm([name])));
    }
}
