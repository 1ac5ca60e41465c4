using Microsoft.ML;
using MLVision.Trainers;
using MLVision.Trainers.Models;

namespace Trainers.Tests;

public sealed class ResNetOptionsTests
{
    [Theory]
    [InlineData(18, null, "resnet18")]
    [InlineData(152, null, "resnet152")]
    [InlineData(50, ResidualShortcut.Projection, "resnet50")]
    [InlineData(20, null, "resnet20")]
    [InlineData(20, ResidualShortcut.ZeroPadding, "resnet20")]
    [InlineData(110, ResidualShortcut.Projection, "resnet110_projection")]
    public void Architecture_DepthAndShortcut_NamesARowOfTheTable(int depth, ResidualShortcut? shortcut, string expected)
    {
        var options = new ResNetOptions { Depth = depth, Shortcut = shortcut };

        var architecture = options.Architecture;

        Assert.Equal(expected, architecture);
        Assert.Equal(expected, ImageModels.Get(architecture).Name);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(19, null)]
    [InlineData(-18, null)]
    [InlineData(50, ResidualShortcut.ZeroPadding)]
    [InlineData(21, ResidualShortcut.Projection)]
    public void ResNet_NoSuchDepthOrShortcut_Throws(int depth, ResidualShortcut? shortcut)
    {
        var options = new ResNetOptions { Depth = depth, Shortcut = shortcut };

        Assert.Throws<UnknownArchitectureException>(() => new MLContext(seed: 1).MulticlassClassification.Trainers.ResNet(options));
    }
}
