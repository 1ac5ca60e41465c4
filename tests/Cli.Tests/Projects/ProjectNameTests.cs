using MLVision.Cli.Projects;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Projects;

public sealed class ProjectNameTests
{
    [Theory]
    [InlineData("Flowers", "Flowers", "Flowers")]
    [InlineData("flowers", "flowers", "Flowers")]
    [InlineData("1-a", "1-a", "_1A")]
    [InlineData("my flowers", "MyFlowers", "MyFlowers")]
    [InlineData("a\"; b", "AB", "AB")]
    [InlineData("$(Evil)", "Evil", "Evil")]
    [InlineData("花", "花", "花")]
    [InlineData("System", "System", "SystemModel")]
    [InlineData("class", "class", "Class")]
    [InlineData("con", "Con", "Con")]
    public void Of_AnyName_IsValidInFilesAndInCSharp(string name, string fileName, string identifier)
    {
        var names = ProjectName.Of(name);

        Assert.Equal((name, fileName, identifier), (names.Title, names.FileName, names.Class));
    }

    [Theory]
    [InlineData("", "--name is empty")]
    [InlineData("  ", "--name is empty")]
    [InlineData("../flowers", "which is a path")]
    [InlineData("a\\b", "which is a path")]
    [InlineData("..", "which is a path")]
    [InlineData("🌹", "neither letters nor digits")]
    public void Of_NoName_IsRefused(string name, string reason)
    {
        var refusal = Assert.Throws<ImageClassificationException>(() => ProjectName.Of(name));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
