using MLVision.MLNetExtensions.Images.Columns;

namespace MLNetExtensions.Tests.Images.Columns;

public sealed class MissingColumnTests
{
    [Theory]
    [InlineData("Imge", "The data has no column 'Imge'; it has 'ImagePath', 'Image', 'Label': did you mean 'Image'?")]
    [InlineData("label", "The data has no column 'label'; it has 'ImagePath', 'Image', 'Label': did you mean 'Label'?")]
    [InlineData("PathImage", "The data has no column 'PathImage'; it has 'ImagePath', 'Image', 'Label'.")]
    public void Describe_SomeColumns_ListsThemAndTheNearest(string name, string expected) =>
        Assert.Equal(expected, MissingColumn.Describe(name, ["ImagePath", "Image", "Label", "Image"]));

    [Fact]
    public void Describe_NoColumns_SaysSo() =>
        Assert.Equal("The data has no column 'Image'; it has none at all.", MissingColumn.Describe("Image", []));

    [Fact]
    public void Describe_ManyColumns_NamesTwenty()
    {
        var message = MissingColumn.Describe("Image", Enumerable.Range(0, 100).Select(i => $"Feature{i}"));

        Assert.EndsWith("'Feature19', ….", message, StringComparison.Ordinal);
    }
}
