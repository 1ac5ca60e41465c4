using MLVision.MLNetExtensions.Files;

namespace MLNetExtensions.Tests.Files;

public sealed class LeftoverFoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("leftovers-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Sweep_FolderOfADeadProcess_IsRemovedWithAllInIt()
    {
        var folder = Dead("mlvision-dead");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllText(Path.Combine(folder, "sub", "model.onnx"), "content");
        File.WriteAllText(Path.Combine(folder, "pixels"), "content");

        LeftoverFolders.Sweep(_root);

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_FolderOfALiveProcess_StaysWhole()
    {
        var folder = Folder("mlvision-live");
        using var claim = FolderClaim.Take(folder);
        MakeOld(folder);
        File.WriteAllText(Path.Combine(folder, "model.onnx"), "content");

        LeftoverFolders.Sweep(_root);

        Assert.True(File.Exists(Path.Combine(folder, "model.onnx")));
    }

    [Fact]
    public void Sweep_YoungFolder_Stays()
    {
        var folder = Folder("mlvision-young");
        FolderClaim.Take(folder)!.Dispose();

        LeftoverFolders.Sweep(_root);

        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_FolderThatWasNeverClaimed_Stays()
    {
        var folder = Folder("mlvision-other");

        LeftoverFolders.Sweep(_root);

        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_FolderOfAnotherName_Stays()
    {
        var folder = Dead("other-dead");

        LeftoverFolders.Sweep(_root);

        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_FolderOpenToOthers_Stays()
    {
        var folder = Dead("mlvision-shared");
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
        }
        else
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherRead);
        }

        LeftoverFolders.Sweep(_root);

        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void Sweep_LinkToAFolder_LeavesItsTargetAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        var target = Dead("target");
        Directory.CreateSymbolicLink(Path.Combine(_root, "mlvision-link"), target);

        LeftoverFolders.Sweep(_root);

        Assert.True(File.Exists(Path.Combine(target, FolderClaim.FileName)));
    }

    [Fact]
    public void Sweep_MissingRoot_IsHarmless()
    {
        var error = Record.Exception(() => LeftoverFolders.Sweep(Path.Combine(_root, "missing")));

        Assert.Null(error);
    }

    /// <summary>What a killed process leaves: a claim that nobody holds.</summary>
    private string Dead(string name)
    {
        var folder = Folder(name);
        FolderClaim.Take(folder)!.Dispose();
        MakeOld(folder);
        return folder;
    }

    private string Folder(string name)
    {
        var folder = Path.Combine(_root, name);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }

    private static void MakeOld(string folder) =>
        File.SetLastWriteTimeUtc(Path.Combine(folder, FolderClaim.FileName), DateTime.UtcNow - (2 * LeftoverFolders.YoungestAge));
}
