using System.Diagnostics;
using System.IO.Compression;
using MLVision.MLNetExtensions.Doctor;
using MLVision.MLNetExtensions.Images;
using TestImages;

namespace MLNetExtensions.Tests.Images.Archives;

public sealed class ImageArchivesTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly ImageReader _reader = new(imageSize: 8);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void TryRead_ImageInArchive_HasItsPixels()
    {
        var archive = AddArchive(("roses/1.png", 1), ("roses/2.png", 2));

        Parallel.For(0, 32, i =>
        {
            var pixels = new byte[_reader.PixelBytes];
            var seed = 1 + (i % 2);
            Assert.True(_reader.TryRead($"{archive}/roses/{seed}.png", pixels, out _));
            Assert.Equal(ImageFiles.Pixels(seed), pixels);
        });
    }

    [Fact]
    public void TryRead_ArchiveThatWasReplaced_ReadsTheNewOne()
    {
        var pixels = new byte[_reader.PixelBytes];
        var archive = AddArchive(("1.png", 1));
        Assert.True(_reader.TryRead($"{archive}/1.png", pixels, out _));

        AddArchive(("1.png", 2), ("2.png", 1));

        Assert.True(_reader.TryRead($"{archive}/1.png", pixels, out _));
        Assert.Equal(ImageFiles.Pixels(seed: 2), pixels);
    }

    [Fact]
    public void TryRead_NoSuchEntry_SaysSo()
    {
        var archive = AddArchive(("1.png", 1));

        Assert.False(_reader.TryRead($"{archive}/3.png", new byte[_reader.PixelBytes], out var reason));

        Assert.Equal($"the archive '{archive}' has no '3.png'.", reason);
    }

    [Fact]
    public void TryRead_DamagedArchive_SaysSo()
    {
        var archive = _files.AddFile("a.zip", 1, 2, 3);

        Assert.False(_reader.TryRead($"{archive}/1.png", new byte[_reader.PixelBytes], out var reason));

        Assert.Equal($"the archive '{archive}' is no zip file, or it is damaged.", reason);
    }

    /// <summary>
    /// The size stands 24 bytes behind the beginning of the entry's record in the directory, PK\x01\x02 (APPNOTE.TXT, 4.3.12).
    /// </summary>
    [Fact]
    public void TryRead_EntryThatClaimsMoreThanItCanHold_IsRefusedUnread()
    {
        var archive = AddArchive(("1.png", 1));
        var bytes = File.ReadAllBytes(archive);
        var record = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(record + 24), 1_000_000_000);
        File.WriteAllBytes(archive, bytes);

        Assert.False(_reader.TryRead($"{archive}/1.png", new byte[_reader.PixelBytes], out var reason));

        Assert.Equal("its archive claims 1000000000 bytes of it, which cannot be an image.", reason);
    }

    [Fact]
    public void TryRead_FolderThatIsNamedLikeAnArchive_IsAFolder()
    {
        var path = _files.AddImage("a.zip/1.png", seed: 1);
        var pixels = new byte[_reader.PixelBytes];

        Assert.True(_reader.TryRead(path, pixels, out _));

        Assert.Equal(ImageFiles.Pixels(seed: 1), pixels);
    }

    /// <summary>To open a pipe would wait for a writer that never comes.</summary>
    [Fact]
    public async Task TryRead_NamedPipe_IsNotOpened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no pipes in folders on Windows.");
        var pipe = Path.Combine(_files.Folder, "pipe.jpg");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(_reader.TryRead(pipe, new byte[_reader.PixelBytes], out var reason));

        Assert.Equal("it is a named pipe, which is never opened.", reason);
    }

    [Fact]
    public void Examine_ImagesInArchive_FindsTheCopy()
    {
        var archive = AddArchive(("1.png", 1), ("2.png", 1));

        var diagnosis = DataDoctor.Examine(
            [new DoctorImage($"{archive}/1.png", "a"), new DoctorImage($"{archive}/2.png", "a")],
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(diagnosis.Findings, finding => finding.Kind == FindingKind.ExactDuplicate);
        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Kind == FindingKind.Unreadable);
    }

    private string AddArchive(params (string Name, int Seed)[] images)
    {
        var path = Path.Combine(_files.Folder, "a.zip");
        File.Delete(path);
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, seed) in images)
        {
            zip.CreateEntryFromFile(_files.AddImage("stored.png", seed), name);
        }

        return path;
    }
}
