using TestImages;

namespace MLNetExtensions.Tests.Images;

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

    [Fact]
    public void WhyUnreadable_HeaderOfABomb_SaysTheSameWithoutDecoding()
    {
        var bomb = _files.AddFile("bomb.png", PngHeader.Claiming(60_000, 60_000));

        var reason = ImageFile.WhyUnreadable(bomb);

        Assert.Equal(ImageFile.WhyTooLarge(bomb), reason);
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
        string[] paths = [_files.AddFile("empty.jpg"), _files.AddFile("text.jpg", 1, 2, 3), _files.Folder, _files.Folder + "/missing.jpg", ""];

        Assert.All(paths, path => Assert.Null(ImageFile.WhyTooLarge(path)));
    }
}
