using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Images;
using TestImages;

namespace MLNetExtensions.Tests.Images;

public sealed class ImageReaderExactTests : IDisposable
{
    private static readonly int[] Sizes = [7, 32, 100];    // shrunk, the shorter side as it is, enlarged

    private readonly ImageFiles _files = new();

    public static TheoryData<string, int> FixturesAndSizes => new(
        from name in FixtureImages.Names
        from size in Sizes
        select (name, size));

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(FixturesAndSizes))]
    public void TryRead_AnyFormat_EqualsStockChain(string name, int size)
    {
        var path = FixtureImages.Find(name);

        Assert.Equal(StockPixels.Read(path, size), Read(path, size));
    }

    [Theory]
    [InlineData(1, 1, 224)]
    [InlineData(1, 500, 224)]
    [InlineData(500, 1, 224)]
    [InlineData(2, 3, 1)]
    [InlineData(375, 500, 224)]
    [InlineData(500, 375, 224)]
    [InlineData(97, 131, 64)]
    [InlineData(131, 97, 64)]
    [InlineData(64, 64, 64)]
    [InlineData(64, 65, 64)]
    [InlineData(223, 225, 224)]
    [InlineData(1201, 3, 17)]
    [InlineData(1500, 2000, 8)]
    public void TryRead_AnySize_EqualsStockChain(int width, int height, int size)
    {
        var path = _files.AddImage("image.png", seed: 3, width, height);

        Assert.Equal(StockPixels.Read(path, size), Read(path, size));
    }

    /// <summary>Sides whose ratio to the square's rounds down, so that the stock chain leaves a black line.</summary>
    [Fact]
    public void TryRead_ManyRatios_EqualsStockChain() => Assert.All(Enumerable.Range(1, 60), side =>
    {
        var path = _files.AddImage($"{side}.png", seed: side, width: side * 3, height: 61 + side);

        Assert.Equal(StockPixels.Read(path, 56), Read(path, 56));
    });

    [Theory]
    [InlineData("alpha.png", 20)]
    [InlineData("colour.jpg", 32)]
    [InlineData("grey.jpg", 100)]
    public void Read_DecodedImage_EqualsStockChain(string name, int size)
    {
        using var image = MLImage.CreateFromFile(FixtureImages.Find(name));
        var reader = new ImageReader(size, PixelMode.Exact);
        var pixels = new byte[reader.PixelBytes];

        reader.Read(image, pixels);

        Assert.Equal(StockPixels.Read(FixtureImages.Find(name), size), pixels);
    }

    [Fact]
    public void Read_DecodedImageRedFirst_EqualsStockChain()
    {
        var bytes = new byte[12 * 9 * 4];
        new Random(1).NextBytes(bytes);
        for (var alpha = 3; alpha < bytes.Length; alpha += 4)
        {
            bytes[alpha] = byte.MaxValue;
        }

        using var image = MLImage.CreateFromPixels(12, 9, MLPixelFormat.Rgba32, bytes);
        var ml = new MLContext();
        var reader = new ImageReader(7, PixelMode.Exact);
        var pixels = new byte[reader.PixelBytes];

        reader.Read(image, pixels);

        Assert.Equal(StockPixels.Read(ml, ml.Data.LoadFromEnumerable([new ImageRow { Image = image }]), 7), pixels);
    }

    private static byte[] Read(string path, int size)
    {
        // The stock chain takes pictures as they are stored.
        var reader = new ImageReader(size, PixelMode.Exact, ignoreOrientation: true);
        var pixels = new byte[reader.PixelBytes];
        Assert.True(reader.TryRead(path, pixels, out var reason), reason);
        return pixels;
    }

    private sealed class ImageRow
    {
        [ImageType(9, 12)]
        public MLImage Image { get; set; } = null!;
    }
}
