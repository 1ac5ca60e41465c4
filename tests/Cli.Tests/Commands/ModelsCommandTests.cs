using MLVision.Cli.Commands;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Models;

namespace Cli.Tests.Commands;

public sealed class ModelsCommandTests
{
    [Theory]
    [InlineData("resnet", "ResNet")]
    [InlineData("wide-resnet", "Wide ResNet")]
    [InlineData("VGG", "VGG")]
    public void OfFamily_Name_IsThatFamilyAlone(string name, string family) => Assert.Equal(
        ImageModels.All.Where(model => model.Family.Name == family).Select(model => model.Name),
        ModelsCommand.OfFamily(name).Select(model => model.Name));

    [Fact]
    public void OfFamily_None_IsTheWholeTable() => Assert.Equal(ImageModels.All.Count, ModelsCommand.OfFamily(null).Count);

    [Fact]
    public void OfFamily_Mistyped_NamesTheNearest()
    {
        var error = Assert.Throws<ImageClassificationException>(() => ModelsCommand.OfFamily("googlnet"));

        Assert.StartsWith("There is no family 'googlnet'; there are AlexNet, ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(": did you mean 'GoogLeNet'?", error.Message, StringComparison.Ordinal);
    }
}
