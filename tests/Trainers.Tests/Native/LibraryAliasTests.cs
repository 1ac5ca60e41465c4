using System.Runtime.InteropServices;
using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

public sealed class LibraryAliasTests
{
    private const string Elsewhere = "/nowhere/libc10.so";

    [Fact]
    public void LibraryAlias_PathOfNoFile_IsTheLibraryUntilDisposed()
    {
        Assert.SkipUnless(TorchNativeFiles.ThisPlatform == "linux-x64", "Only Linux's loader is told of other names.");
        var path = NativeFolders.OfThisProcess().Find("libc10.so")!;
        var library = NativeLibrary.Load(path);

        nint found;
        using (new LibraryAlias(library, Elsewhere))
        {
            found = NativeLibrary.Load(Elsewhere);
        }

        Assert.Equal(library, found);
        Assert.False(NativeLibrary.TryLoad(Elsewhere, out _));
        Assert.Equal(library, NativeLibrary.Load(path));
    }
}
