using Cli.Tests.Output;
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

    /// <summary>A name that lost its middle could not be typed.</summary>
    [Fact]
    public void Write_TerminalOf80Columns_HasAllNamesInFull()
    {
        var rows = ImageModels.All.Select(model => (model, model.CountCost())).ToList();

        var lines = TestTerminal.Lines(isTerminal: true, width: 80, console => ModelsCommand.Write(console, rows));

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.All(ImageModels.All, model => Assert.Contains(
            lines, line => line.Contains($" {model.Name} ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains('…'));
    }

    [Fact]
    public void Write_Pipe_HasARowForEachArchitecture()
    {
        var rows = ModelsCommand.OfFamily("VGG").Select(model => (model, model.CountCost())).ToList();

        var lines = TestTerminal.Lines(isTerminal: false, width: 80, console => ModelsCommand.Write(console, rows));

        Assert.Equal(1 + rows.Count, lines.Count);
        Assert.Equal("Name\tFamily\tParameters\tMultiply-adds\tPixels\tWeights", lines[0]);
        Assert.StartsWith("vgg11\tVGG\t132.86 M\t", lines[1], StringComparison.Ordinal);
    }
}
