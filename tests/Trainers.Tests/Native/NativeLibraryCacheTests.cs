using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

public sealed class NativeLibraryCacheTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("native-cache-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Store_NewContent_WritesItUnderItsName()
    {
        var path = new NativeLibraryCache(folder.FullName).Store("a.so", Content);

        Assert.Equal("a.so", Path.GetFileName(path));
        Assert.Equal(Content, File.ReadAllBytes(path));
    }

    [Fact]
    public void Store_ContentThatIsThere_DoesNotWriteAgain()
    {
        var cache = new NativeLibraryCache(folder.FullName);
        var path = cache.Store("a.so", Content);
        var longAgo = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, longAgo);

        cache.Store("a.so", Content);

        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void Store_DamagedFile_ReplacesIt()
    {
        var cache = new NativeLibraryCache(folder.FullName);
        File.WriteAllBytes(cache.Store("a.so", Content), [1]);

        var path = cache.Store("a.so", Content);

        Assert.Equal(Content, File.ReadAllBytes(path));
    }

    [Fact]
    public void Store_OtherContent_KeepsBoth()
    {
        var cache = new NativeLibraryCache(folder.FullName);

        var paths = new[] { cache.Store("a.so", Content), cache.Store("a.so", [9]) };

        Assert.Equal([Content, [9]], paths.Select(File.ReadAllBytes));
    }

    [Fact]
    public void Store_ManyWritersAtOnce_LeaveOneWholeFile()
    {
        var content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        using var start = new Barrier(8);
        var read = new byte[8][];
        var writers = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            read[index] = File.ReadAllBytes(new NativeLibraryCache(folder.FullName).Store("a.so", content));
        })).ToList();

        writers.ForEach(writer => writer.Start());
        writers.ForEach(writer => writer.Join());

        Assert.All(read, bytes => Assert.Equal(content, bytes));
        Assert.Single(folder.GetFiles("*", SearchOption.AllDirectories));
    }
}
