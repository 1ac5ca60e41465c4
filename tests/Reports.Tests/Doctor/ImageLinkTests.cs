using MLVision.Reports.Doctor;

namespace Reports.Tests.Doctor;

public sealed class ImageLinkTests
{
    [Theory]
    [InlineData("rose.jpg")]
    [InlineData("a folder/#1 100%25?.jpg")]
    [InlineData("rosé/花 & <b>.jpg")]
    [InlineData("javascript:alert(1).jpg")]
    public void Address_AnyName_LeadsBackToThePath(string path)
    {
        var address = new Uri(ImageLink.Address(path));

        Assert.True(address.IsFile);
        Assert.Equal(Path.GetFullPath(path), address.LocalPath);
    }

    [Fact]
    public void Short_PathBelowTheFolder_IsRelative() =>
        Assert.Equal(Path.Combine("rose", "1.jpg"), ImageLink.Short(Path.GetFullPath("data"), Path.GetFullPath("data/rose/1.jpg")));

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    public void Short_PathElsewhere_StaysWhole(string folder)
    {
        var path = Path.GetFullPath("other/1.jpg");

        Assert.Equal(path, ImageLink.Short(folder.Length > 0 ? Path.GetFullPath(folder) : "", path));
    }
}
