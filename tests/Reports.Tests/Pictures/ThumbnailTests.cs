using MLVision.Reports.Pictures;
using SkiaSharp;
using TestImages;

namespace Reports.Tests.Pictures;

public sealed class ThumbnailTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Of_WideImage_IsASmallSquareJpeg()
    {
        var address = Thumbnail.Of(_files.AddImage("wide.png", width: 900, height: 300))!;

        var (kind, content) = (address.Split(',')[0], Convert.FromBase64String(address.Split(',')[1]));
        using var codec = SKCodec.Create(new MemoryStream(content));
        Assert.Equal("data:image/jpeg;base64", kind);
        Assert.Equal(SKEncodedImageFormat.Jpeg, codec.EncodedFormat);
        Assert.Equal((Thumbnail.Size, Thumbnail.Size), (codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public void Of_MissingFile_IsNone() => Assert.Null(Thumbnail.Of(Path.Combine(_files.Folder, "gone.png")));
}
