using System.Runtime.InteropServices;
using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

public sealed class LibtorchVersionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libtorch-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Source: torch/headeronly/version.h of 2.10: major, minor and patch in the three highest bytes.</summary>
    [Theory]
    [InlineData(0x020A000000000000UL, "2.10.0")]
    [InlineData(0x0209010000000000UL, "2.9.1")]
    public void Of_NumberForExtensions_IsTheVersion(ulong abi, string expected) =>
        Assert.Equal(Version.Parse(expected), LibtorchVersion.Of(abi));

    [Fact]
    public void Exported_LibtorchOfThePackage_IsTheVersionThatTorchSharpAsksFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows' libtorch does not export it.");
        var files = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform);

        var version = LibtorchVersion.Exported(NativeLibrary.Load(NativeFolders.OfThisProcess().Find(files.Core)!));

        Assert.Equal(new Version(2, 10, 0), version);
        Assert.StartsWith(version!.ToString(), TorchSharp.torch.__version__, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "version.py", "from typing import Optional\n\n__all__ = ['__version__', 'debug']\n__version__ = '2.11.0+cu130'\ncuda = '13.0'\n",
        "2.11.0")]
    [InlineData("build-version", "2.10.0+cpu\n", "2.10.0")]
    public void Written_BesideTheFolder_IsRead(string file, string content, string expected)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file), content);

        Assert.Equal(Version.Parse(expected), LibtorchVersion.Written(Library()));
    }

    [Fact]
    public void Written_NothingBeside_IsUnknown() => Assert.Null(LibtorchVersion.Written(Library()));

    [Theory]
    [InlineData("2.10.0")]
    [InlineData("2.11.0")]
    [InlineData("2.20.1")]
    public void ThrowIfUnfit_SameMajorAndNotOlder_Passes(string version) =>
        Assert.Null(Record.Exception(() => LibtorchVersion.ThrowIfUnfit("lib", Version.Parse(version))));

    [Theory]
    [InlineData("2.9.1", "is 2.9.1")]
    [InlineData("1.13.1", "is 1.13.1")]
    [InlineData("3.0.0", "is 3.0.0")]
    [InlineData(null, "does not say its version, as older ones do not")]
    public void ThrowIfUnfit_OlderOrAnotherMajor_SaysWhatIsNeeded(string? version, string found)
    {
        var error = Assert.Throws<TorchRuntimeException>(
            () => LibtorchVersion.ThrowIfUnfit("torch/lib", version is null ? null : Version.Parse(version)));

        Assert.Equal(
            $"The libtorch in 'torch/lib', which MLVISION_LIBTORCH names, {found}: name one of 2.10 or of a newer 2.x.", error.Message);
    }

    [Fact]
    public void IsUntried_NewerThan211_IsTrue() =>
        Assert.Equal(
            [false, false, true, true],
            ((string[])["2.10.0", "2.11.1", "2.12.0", "3.0"]).Select(version => LibtorchVersion.IsUntried(Version.Parse(version))));

    private string Library() => Directory.CreateDirectory(Path.Combine(_folder.FullName, "lib")).FullName;
}
