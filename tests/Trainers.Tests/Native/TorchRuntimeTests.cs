using System.Security.Cryptography;
using MLVision.Trainers.Native;
using TorchSharp;

namespace Trainers.Tests.Native;

public sealed class TorchRuntimeTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("torch-runtime-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void EnsureLoaded_ThisMachine_LetsTorchSharpMultiply()
    {
        TorchRuntime.EnsureLoaded();
        using var left = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        using var right = torch.tensor(new float[,] { { 5, 6 }, { 7, 8 } });

        using var product = left.matmul(right);

        Assert.Equal([19, 22, 43, 50], product.data<float>().ToArray()); // 1·5+2·7, 1·6+2·8, 3·5+4·7, 3·6+4·8
    }

    [Fact]
    public void EnsureLoaded_ManyThreads_AllReturn()
    {
        var errors = new Exception?[4];
        var threads = Enumerable.Range(0, errors.Length)
            .Select(index => new Thread(() => errors[index] = Record.Exception(TorchRuntime.EnsureLoaded))).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(errors, Assert.Null);
    }

    [Fact]
    public void Load_FolderWithoutLibtorch_NamesFileFolderAndPackage()
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "The expected names are those of linux-x64.");

        var error = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.Load(new NativeFolders([folder.FullName]), cache: null));

        Assert.Equal(
            $"'libc10.so' was expected beside the application and is in none of: {folder.FullName}. "
            + "Add a reference to the package 'libtorch-cpu-linux-x64', or name another libtorch's folder in MLVISION_LIBTORCH.",
            error.Message);
    }

    [Fact]
    public void Load_DamagedLibrary_NamesItAndWhatTheSystemNeeds()
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "The expected names are those of linux-x64.");
        var damaged = Path.Combine(folder.FullName, "libc10.so");
        File.WriteAllText(damaged, "no library");

        var error = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.Load(new NativeFolders([folder.FullName]), cache: null));

        Assert.Contains($"'{damaged}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("glibc 2.34", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_OlderCppLibrary_LeavesTheOriginalUnchanged(bool hasCache)
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "Only Linux's library is ever copied.");
        var original = NativeFolders.OfThisProcess().Find("libLibTorchSharp.so")!;
        var before = SHA256.HashData(File.ReadAllBytes(original));

        var handle = TorchRuntime.Load(NativeFolders.OfThisProcess(), hasCache ? new NativeLibraryCache(folder.FullName) : null);

        Assert.NotEqual(0, handle);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(original)));
    }

    [Fact]
    public void Load_CacheThatCannotBeWritten_LoadsAllTheSame()
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "Only Linux's library is ever copied.");
        var occupied = Path.Combine(folder.FullName, "file");
        File.WriteAllText(occupied, "");

        var handle = TorchRuntime.Load(NativeFolders.OfThisProcess(), new NativeLibraryCache(occupied));

        Assert.NotEqual(0, handle);
    }

    [Fact]
    public void Weaken_Build_HasPutTheCopyBesideLibtorch()
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "Only Linux's library is ever copied.");
        var original = NativeFolders.OfThisProcess().Find("libLibTorchSharp.so")!;

        var copy = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(original)!, "LibTorchSharp.so"));

        Assert.Equal(TorchRuntime.Weaken(File.ReadAllBytes(original)), copy);
    }

    [Fact]
    public void Of_PlatformWithoutLibtorch_NamesItAndTheOthers()
    {
        var error = Assert.Throws<TorchRuntimeException>(() => TorchNativeFiles.Of("linux-arm64"));

        Assert.StartsWith(
            "TorchSharp has native libraries for linux-x64, win-x64, osx-arm64, and this process runs on linux-arm64.",
            error.Message,
            StringComparison.Ordinal);
    }
}
