using MLVision.MLNetExtensions.Images;
using TestImages;

namespace MLNetExtensions.Tests.Images;

public sealed class ImageReaderTests : IDisposable
{
    private const int Size = 16;

    private readonly ImageFiles _files = new();

    public static TheoryData<PixelMode> Modes => [PixelMode.Exact, PixelMode.Fast];

    public static TheoryData<PixelMode, string> ModesAndFixtures => new(
        from mode in Modes
        from name in FixtureImages.Names
        select (mode.Data, name));

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_PathBytesAndStreams_GiveTheSame(PixelMode mode)
    {
        var path = FixtureImages.Find("colour.jpg");
        var bytes = File.ReadAllBytes(path);
        var reader = new ImageReader(Size, mode);
        var (fromPath, fromBytes, fromStream, fromPipe) = (Pixels(), Pixels(), Pixels(), Pixels());

        Assert.True(reader.TryRead(path, fromPath, out _));
        Assert.True(reader.TryRead(bytes, fromBytes, out _));
        Assert.True(reader.TryRead(new MemoryStream(bytes), fromStream, out _));
        Assert.True(reader.TryRead(new Trickle(bytes), fromPipe, out _));

        Assert.Equal(fromPath, fromBytes);
        Assert.Equal(fromPath, fromStream);
        Assert.Equal(fromPath, fromPipe);
    }

    [Fact]
    public void TryRead_StreamInTheMiddle_ReadsFromThere()
    {
        var bytes = File.ReadAllBytes(FixtureImages.Find("colour.png"));
        var stream = new MemoryStream([1, 2, 3, .. bytes]) { Position = 3 };
        var (expected, pixels) = (Pixels(), Pixels());
        var reader = new ImageReader(Size, PixelMode.Exact);

        reader.TryRead(bytes, expected, out _);
        reader.TryRead(stream, pixels, out _);

        Assert.Equal(expected, pixels);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_WrongExtension_GoesByTheContent(PixelMode mode)
    {
        var path = _files.AddFile("in-fact-a-png.jpg", File.ReadAllBytes(FixtureImages.Find("colour.png")));

        Assert.True(new ImageReader(Size, mode).TryRead(path, Pixels(), out _));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_NoFile_SaysSo(PixelMode mode) =>
        Assert.Equal("the file does not exist.", Reason(mode, Path.Combine(_files.Folder, "missing.jpg")));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_Folder_SaysSo(PixelMode mode) => Assert.Equal("it is a folder.", Reason(mode, _files.Folder));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_EmptyFile_SaysSo(PixelMode mode) => Assert.Equal("the file is empty.", Reason(mode, _files.AddFile("empty.jpg")));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_NoImage_SaysSo(PixelMode mode) =>
        Assert.Equal("it is not an image, or it is damaged.", Reason(mode, _files.AddFile("text.jpg", "not an image"u8.ToArray())));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_ImpossiblePath_SaysWhy(PixelMode mode) => Assert.NotEmpty(Reason(mode, "a\0b"));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_NoPath_SaysWhy(PixelMode mode) => Assert.Equal("the file does not exist.", Reason(mode, ""));

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_HeaderClaimsTooMuch_IsNotDecoded(PixelMode mode)
    {
        var path = _files.AddFile("bomb.png", PngHeader.Claiming(30_000, 30_000));

        Assert.Equal("it claims 30000×30000 pixels; the limit is 134,217,728 pixels in all.", Reason(mode, path));
    }

    [Fact]
    public void TryRead_BufferOfAnotherSize_Throws() =>
        Assert.Throws<ArgumentException>(
            () => new ImageReader(Size, PixelMode.Exact).TryRead(FixtureImages.Find("colour.jpg"), new byte[7], out _));

    [Theory]
    [MemberData(nameof(ModesAndFixtures))]
    public void TryRead_FileCutOff_SaysSo(PixelMode mode, string name)
    {
        var whole = File.ReadAllBytes(FixtureImages.Find(name));
        // Of an animation the first frame counts: there, less than half of the file is enough.
        var isAnimated = name.StartsWith("animated", StringComparison.Ordinal);
        int[] lengths = isAnimated ? [whole.Length / 5] : [whole.Length / 3, whole.Length * 3 / 4, whole.Length - 8];

        Assert.All(lengths, length =>
        {
            Assert.False(new ImageReader(Size, mode).TryRead(whole.AsMemory(0, length), Pixels(), out var reason));
            Assert.Equal("the file ends before the image does.", reason);
        });
    }

    /// <summary>The square shows the middle fifth of its rows; the cut is far below, where the fast mode decodes nothing.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_CutBelowWhatTheSquareShows_SaysSo(PixelMode mode)
    {
        using var bitmap = new SkiaSharp.SKBitmap(40, 200);
        using var jpeg = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 90);
        var whole = jpeg.ToArray();

        Assert.True(new ImageReader(Size, mode).TryRead(whole, Pixels(), out _));
        Assert.False(new ImageReader(Size, mode).TryRead(whole.AsMemory(0, whole.Length - 4), Pixels(), out var reason));

        Assert.Equal("the file ends before the image does.", reason);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_ManyThreads_GiveTheSame(PixelMode mode)
    {
        var reader = new ImageReader(Size, mode);
        var paths = FixtureImages.Names.Select(FixtureImages.Find).ToList();
        var alone = paths.Select(path => ReadAll(reader, path)).ToList();

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(alone[i % paths.Count], ReadAll(reader, paths[i % paths.Count])));
    }

    /// <summary>SkiaSharp's wrappers are what is left: measured 1.0 to 1.2 KB an image.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void TryRead_ManyImages_AllocatesLittle(PixelMode mode)
    {
        const int Images = 200;
        var path = _files.AddImage("large.png", width: 300, height: 200);
        var reader = new ImageReader(64, mode);
        var pixels = new byte[reader.PixelBytes];
        reader.TryRead(path, pixels, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < Images; i++)
        {
            reader.TryRead(path, pixels, out _);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Images, 0, 2000);
    }

    private static byte[] Pixels() => new byte[Size * Size * 3];

    private static byte[] ReadAll(ImageReader reader, string path)
    {
        var pixels = Pixels();
        Assert.True(reader.TryRead(path, pixels, out var reason), reason);
        return pixels;
    }

    private static string Reason(PixelMode mode, string path)
    {
        Assert.False(new ImageReader(Size, mode).TryRead(path, Pixels(), out var reason));
        return reason!;
    }

    /// <summary>A stream of unknown length that gives one byte at a time.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
