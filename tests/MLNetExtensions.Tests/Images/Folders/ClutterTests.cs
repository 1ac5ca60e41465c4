using MLVision.MLNetExtensions.Images.Folders;

namespace MLNetExtensions.Tests.Images.Folders;

public sealed class ClutterTests
{
    [Theory]
    [InlineData("._1.jpg")]
    [InlineData(".DS_Store")]
    [InlineData("Thumbs.db")]
    [InlineData("DESKTOP.INI")]
    [InlineData("1.jpg@SynoEAStream")]
    [InlineData("1.jpg~")]
    [InlineData("1.jpg.crdownload")]
    [InlineData("1.jpg_original")]
    public void Of_FileThatSystemsLeave_IsSome(string name) => Assert.NotNull(Clutter.Of(name, isFolder: false));

    [Theory]
    [InlineData("__MACOSX")]
    [InlineData("@eaDir")]
    [InlineData("@EADIR")]
    [InlineData("#recycle")]
    [InlineData("@Recycle")]
    [InlineData("$Recycle.Bin")]
    [InlineData("System Volume Information")]
    [InlineData("lost+found")]
    [InlineData("FOUND.001")]
    [InlineData(".ipynb_checkpoints")]
    [InlineData("Network Trash Folder")]
    public void Of_FolderThatSystemsLeave_IsSome(string name) => Assert.NotNull(Clutter.Of(name, isFolder: true));

    [Theory]
    [InlineData("recycle")]
    [InlineData("Recycled")]      // what became of a bottle; Windows 98's bin is history
    [InlineData("found.footage")]
    [InlineData("old.bak")]
    [InlineData("lost")]
    [InlineData("_")]
    public void Of_FolderOfAName_IsNone(string name) => Assert.Null(Clutter.Of(name, isFolder: true));

    [Theory]
    [InlineData("flower_original")]
    [InlineData("1_original.jpg")]
    [InlineData("part.png")]
    public void Of_FileOfAName_IsNone(string name) => Assert.Null(Clutter.Of(name, isFolder: false));
}
