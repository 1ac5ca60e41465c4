using MLVision.MLNetExtensions.Files;

namespace MLNetExtensions.Tests.Files;

public sealed class TemporaryFolderTests
{
    [Fact]
    public void Path_TwoFolders_AreThereAndApart()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();

        Assert.NotEqual(first.Path, second.Path);
        Assert.True(Directory.Exists(first.Path));
        Assert.True(Directory.Exists(second.Path));
    }

    [Fact]
    public void File_Name_LiesInTheFolder()
    {
        using var folder = new TemporaryFolder();

        var file = folder.File("model.onnx");

        Assert.Equal(Path.Combine(folder.Path, "model.onnx"), file);
    }

    [Fact]
    public void Dispose_FolderWithFiles_DeletesAll()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.onnx"), "content");

        folder.Dispose();

        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var folder = new TemporaryFolder();
        folder.Dispose();

        var error = Record.Exception(folder.Dispose);

        Assert.Null(error);
    }
}
