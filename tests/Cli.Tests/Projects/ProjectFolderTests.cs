using MLVision.Cli.Projects;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Projects;

public sealed class ProjectFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Target => Path.Combine(_folder.FullName, "app");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Dispose_Unfinished_LeavesNothing()
    {
        using (var folder = ProjectFolder.Begin(Target, overwrites: false))
        {
            folder.Write("a/b.txt", "half");
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void Finish_FileThatCameMeanwhile_IsKept()
    {
        using var folder = ProjectFolder.Begin(Target, overwrites: false);
        folder.Write("b.txt", "new");
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "b.txt"), "mine");

        Assert.Throws<ImageClassificationException>(() => folder.Finish());

        Assert.Equal("mine", File.ReadAllText(Path.Combine(Target, "b.txt")));
    }

    [Fact]
    public void Begin_FileInTheWay_IsRefused()
    {
        File.WriteAllText(Target, "");

        var refusal = Assert.Throws<IOException>(() => ProjectFolder.Begin(Target, overwrites: true));

        Assert.Contains("is a file", refusal.Message, StringComparison.Ordinal);
    }
}
