using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

/// <summary>What is refused before anything is loaded; Integration.Tests train with another libtorch in a process of its own.</summary>
public sealed class OtherLibtorchTests : IDisposable
{
    private static readonly TorchNativeFiles Files = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libtorch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_FolderThatIsNotThere_SaysWhichToName()
    {
        var folder = Path.Combine(_folder.FullName, "nowhere");

        Assert.Equal(
            $"MLVISION_LIBTORCH is '{folder}', which is no folder: name torch/lib of a Python installation, or lib of an unpacked " +
            "libtorch.",
            Refusal(folder));
    }

    [Fact]
    public void Load_FolderAboveTheLibraries_NamesTheOneBelow()
    {
        Fill("lib");

        Assert.Equal(
            $"MLVISION_LIBTORCH is '{_folder.FullName}', in which there is no {Files.Libtorch[0]}: name '{Place("lib")}'.",
            Refusal(_folder.FullName));
    }

    [Fact]
    public void Load_OlderVersionBesideIt_IsRefusedUnloaded()
    {
        Fill("lib");
        File.WriteAllText(Place("version.py"), "__version__ = '2.4.1+cu121'\n");

        Assert.Equal(
            $"The libtorch in '{Place("lib")}', which MLVISION_LIBTORCH names, is 2.4.1: name one of 2.10 or of a newer 2.x.",
            Refusal(Place("lib")));
    }

    /// <summary>In this process libtorch is loaded.</summary>
    [Fact]
    public void Load_AnotherInUse_SaysWhich()
    {
        Fill("lib");

        Assert.StartsWith(
            $"MLVISION_LIBTORCH names '{Place("lib")}', but the libtorch in '{Path.GetDirectoryName(NativeFolders.OfThisProcess()
                .Find(Files.Core))}' is in use already: ",
            Refusal(Place("lib")), StringComparison.Ordinal);
    }

    private void Fill(string folder)
    {
        Directory.CreateDirectory(Place(folder));
        foreach (var library in Files.Libtorch)
        {
            File.WriteAllText(Path.Combine(Place(folder), library), "");
        }
    }

    private string Place(string name) => Path.Combine(_folder.FullName, name);

    private static string Refusal(string folder) => Assert.Throws<TorchRuntimeException>(
        () => OtherLibtorch.Load(folder, NativeFolders.OfThisProcess(), cache: null)).Message;
}
