using MLVision.MLNetExtensions.Images.Decoding;
using TestImages;

namespace MLNetExtensions.Tests.Images.Decoding;

public sealed class ImageFileTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void WhyTooLarge_HeaderOfABomb_NamesSizeAndLimit()
    {
        var bomb = _files.AddFile("bomb.png", PngHeader.Claiming(60_000, 60_000));

        var reason = ImageFile.WhyTooLarge(bomb);

        Assert.Equal("it claims 60000×60000 pixels; the limit is 134,217,728 pixels in all.", reason);
    }

    /// <summary>2²⁹ pixels of four bytes are more than a buffer can hold, whatever limit is asked for.</summary>
    [Fact]
    public void WhyTooLarge_LimitBeyondAnyBuffer_IsTheBuffers()
    {
        using var codec = SkiaSharp.SKCodec.Create(_files.AddFile("bomb.png", PngHeader.Claiming(1 << 15, 1 << 14)));

        Assert.Equal("it claims 32768×16384 pixels; the limit is 536,870,911 pixels in all.", ImageFile.WhyTooLarge(codec, long.MaxValue));
    }

    [Theory]
    [InlineData(1 << 14, 1 << 13, false)]    // 2¹⁴ · 2¹³ is the limit, 2²⁷
    [InlineData(1 << 14, (1 << 13) + 1, true)]
    [InlineData(1, 1 << 20, false)]
    public void WhyTooLarge_AroundTheLimit_CountsPixels(int width, int height, bool refused)
    {
        var file = _files.AddFile("image.png", PngHeader.Claiming(width, height));

        var reason = ImageFile.WhyTooLarge(file);

        Assert.Equal(refused, reason is not null);
    }

    /// <summary>16383 is the most that WebP can claim; squared, it is above the limit.</summary>
    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".gif")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    public void WhyTooLarge_AnyFormat_ReadsItsHeader(string ending)
    {
        var bomb = _files.AddFile("bomb" + ending, ImageHeaders.Claiming(ending, 16383, 16383));
        var ordinary = _files.AddFile("ordinary" + ending, ImageHeaders.Claiming(ending, 640, 480));

        Assert.Equal("it claims 16383×16383 pixels; the limit is 134,217,728 pixels in all.", ImageFile.WhyTooLarge(bomb));
        Assert.Null(ImageFile.WhyTooLarge(ordinary));
    }

    [Fact]
    public void WhyTooLarge_OrdinaryImage_IsFine() => Assert.Null(ImageFile.WhyTooLarge(_files.AddImage("größe.png")));

    [Fact]
    public void WhyTooLarge_NoImage_LeavesTheReasonToTheDecoder()
    {
        string[] paths = [
            _files.AddFile("empty.jpg"), _files.AddFile("text.jpg", 1, 2, 3), _files.Folder, _files.Folder + "/missing.jpg", ""];

        Assert.All(paths, path => Assert.Null(ImageFile.WhyTooLarge(path)));
    }
}
