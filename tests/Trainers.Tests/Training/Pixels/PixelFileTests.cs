using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

[Collection(ProcessState.Name)]
public sealed class PixelFileTests
{
    /// <summary>A file without a name cannot be left behind, even by a process that is killed.</summary>
    [Fact]
    public void Create_OpenFile_HasNoName()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows deletes the file when its handle closes.");
        using var temporary = new PrivateTemporaryFolder();

        using var file = PixelFile.Create();
        file.Write([1, 2, 3], 0);

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void Dispose_File_LeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        var file = PixelFile.Create();
        file.Write([1, 2, 3], 0);
        file.Map(3);

        file.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void Create_TemporaryFolder_IsNamed()
    {
        using var temporary = new PrivateTemporaryFolder();

        using var file = PixelFile.Create();

        Assert.Equal(temporary.Path, file.Folder);
        Assert.True(file.FreeBytes > 0);
    }

    [Fact]
    public void Create_TemporaryFolderMissing_NamesItAndTheRemedy()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows falls back on another folder.");
        using var temporary = new PrivateTemporaryFolder();
        var missing = Path.Combine(temporary.Path, "missing");
        Environment.SetEnvironmentVariable("TMPDIR", missing);

        var error = Assert.Throws<IOException>(() => PixelFile.Create().Dispose());

        Assert.StartsWith(
            $"Pixels that go beyond PixelMemoryMegabytes need a file, and the temporary folder '{missing}' cannot be used: ",
            error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Name another folder in the environment variable TMPDIR, or raise PixelMemoryMegabytes.", error.Message,
            StringComparison.Ordinal);
    }
}
