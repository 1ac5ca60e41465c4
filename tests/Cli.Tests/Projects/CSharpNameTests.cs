using MLVision.Cli.Projects;

namespace Cli.Tests.Projects;

public sealed class CSharpNameTests
{
    [Theory]
    [InlineData("rose", "Rose")]
    [InlineData("Ankle boot", "AnkleBoot")]
    [InlineData("T-shirt/top", "TShirtTop")]
    [InlineData("class", "Class")]
    [InlineData("1-a", "_1A")]
    [InlineData("玫瑰", "玫瑰")]
    [InlineData("été", "Été")]
    [InlineData("\"; Main(); //", "Main")]
    [InlineData("a\nb", "AB")]
    [InlineData("🌹", "")]
    [InlineData("", "")]
    public void Of_AnyName_IsMadeOfItsWords(string name, string expected)
    {
        var identifier = CSharpName.Of(name);

        Assert.Equal(expected, identifier);
    }

    /// <summary>The second is found taken by the first, and the number of the third is found taken by the fourth's turn.</summary>
    [Fact]
    public void AllOf_NamesThatBecomeTheSame_AreNumbered()
    {
        var identifiers = CSharpName.AllOf(["rose", "Rose", "rose!", "rose2", "🌹", "", "to string", "a1", "A1"], "Label", ["ToString"]);

        Assert.Equal(["Rose", "Rose2", "Rose3", "Rose2_2", "Label5", "Label6", "ToString2", "A1", "A1_2"], identifiers);
    }
}
