using MLVision.MLNetExtensions.Files;
using TestImages;

namespace MLNetExtensions.Tests.Files;

public sealed class RealPathTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Of_LinksOnTheWay_FollowsThemAll()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only administrators make links.");
        var root = RealPath.Of(_files.Folder);
        _files.AddFolder("a/b");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "link"), "a/./b");
        File.CreateSymbolicLink(Path.Combine(_files.Folder, "a", "b", "up"), "../../link/..");

        // Behind a link, .. is the folder around what the link leads to.
        Assert.Equal(Path.Combine(root, "a", "b", "new", "file"), RealPath.Of(Path.Combine(_files.Folder, "link", "new", "file")));
        Assert.Equal(Path.Combine(root, "a"), RealPath.Of(Path.Combine(_files.Folder, "link", "up")));
    }

    [Fact]
    public void Of_ACircle_Throws()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only administrators make links.");
        var circle = Path.Combine(_files.Folder, "circle");
        File.CreateSymbolicLink(circle, "circle");

        Assert.Throws<IOException>(() => RealPath.Of(circle));
    }

    [Theory]
    [InlineData("/data/a", "/data", true)]
    [InlineData("/data", "/data", true)]
    [InlineData("/database", "/data", false)]
    [InlineData("/data", "/data/a", false)]
    [InlineData("/data", "/", true)]
    public void IsAtOrBelow_Paths_ComparesWholeNames(string path, string folder, bool expected) =>
        Assert.Equal(expected, RealPath.IsAtOrBelow(path, folder));
}
