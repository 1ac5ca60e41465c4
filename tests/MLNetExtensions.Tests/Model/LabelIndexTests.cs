using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class LabelIndexTests
{
    [Theory]
    [InlineData("G\u00E4nse", 1)]
    [InlineData("Ga\u0308nse", 1)]
    [InlineData("Tulpe", 0)]
    [InlineData("Rose", null)]
    public void Find_EitherForm_GivesTheClass(string label, int? expected)
    {
        Assert.Equal(expected, new LabelIndex(["Tulpe", "Ga\u0308nse"]).Find(label));
        Assert.Equal(expected, new LabelIndex(["Tulpe", "G\u00E4nse"]).Find(label));
    }

    [Fact]
    public void Find_BothFormsAreClasses_GivesTheFirst() =>
        Assert.Equal(0, new LabelIndex(["Ga\u0308nse", "G\u00E4nse"]).Find("G\u00E4nse"));
}
