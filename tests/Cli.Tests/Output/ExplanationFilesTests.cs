using MLVision.Cli.Output;

namespace Cli.Tests.Output;

public sealed class ExplanationFilesTests
{
    private static readonly string[] OfOneName = ["a/rose.jpg", "b/rose.jpg", "c/ROSE.png"];
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "why");

    [Fact]
    public void PathFor_PhotographsOfOneName_AreDistinct()
    {
        var files = new ExplanationFiles(Folder, []);

        var names = OfOneName.Select(files.PathFor).Select(Path.GetFileName);

        Assert.Equal(["rose-why.png", "rose-why-2.png", "ROSE-why-3.png"], names);
    }

    [Theory]
    [InlineData("photos/../..")]
    [InlineData("photos/.hidden.jpg")]
    [InlineData("photos/a\\..\\b.jpg")]
    [InlineData("photos/con.jpg")]
    [InlineData("photos/a:b*c?.jpg")]
    [InlineData("photos/玫瑰.jpg")]
    public void PathFor_AnyName_StaysInTheFolder(string photograph)
    {
        var path = new ExplanationFiles(Folder, []).PathFor(photograph);

        Assert.Equal(Folder, Path.GetDirectoryName(Path.GetFullPath(path)));
        Assert.EndsWith("-why.png", path, StringComparison.Ordinal);
        Assert.Matches(@"^[\w-]+\.png$", Path.GetFileName(path));
    }

    [Fact]
    public void PathFor_LongName_IsShort() =>
        Assert.InRange(Path.GetFileName(new ExplanationFiles(Folder, []).PathFor(new string('x', 250) + ".jpg")).Length, 10, 100);

    [Fact]
    public void PathFor_PictureOfAPicture_LeavesThePhotographAlone()
    {
        var photograph = Path.Combine(Folder, "rose-why.png");

        var path = new ExplanationFiles(Folder, [photograph]).PathFor("other/rose.jpg");

        Assert.Equal(Path.Combine(Folder, "rose-why-2.png"), path);
    }
}
