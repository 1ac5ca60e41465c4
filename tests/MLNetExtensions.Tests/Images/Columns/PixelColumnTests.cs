using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using TestImages;

namespace MLNetExtensions.Tests.Images.Columns;

public sealed class PixelColumnTests : IDisposable
{
    private const int Size = 8;
    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Extract_ImagesOfTheModelsSize_GivesTheirPixels()
    {
        var bytes = Extract(Images());

        Assert.Equal(ImageFiles.Pixels(seed: 5), bytes);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Extract_PixelVectorOfAnyLayout_GivesTheSameBytesAsTheImage(bool interleaved, bool floats)
    {
        var view = Append(Images(), _ml.Transforms.ResizeImages("Image", Size, Size)
            .Append(_ml.Transforms.ExtractPixels("Image", interleavePixelColors: interleaved, outputAsFloatArray: floats)));

        var bytes = Extract(view);

        Assert.Equal(ImageFiles.Pixels(seed: 5), bytes);
    }

    [Fact]
    public void Extract_LargerImage_CutsTheCentreSquare()
    {
        var path = _files.AddImage("wide.png", width: 3 * Size, height: Size);
        var expected = ImageFiles.Pixels(width: 3 * Size, height: Size).Chunk(3 * 3 * Size)
            .SelectMany(row => row[(3 * Size)..(2 * 3 * Size)]);

        var bytes = Extract(Load(path));

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Of_ImagesWithoutSizeAsked_TakesTheDefaultSize()
    {
        var column = PixelColumn.Of(Images(), "Image", imageSize: null, defaultImageSize: 32);

        Assert.Equal(32, column.ImageSize);
    }

    [Fact]
    public void Of_ImagesWithSizeAsked_TakesIt()
    {
        var column = PixelColumn.Of(Images(), "Image", imageSize: 16, defaultImageSize: 32);

        Assert.Equal(16, column.ImageSize);
    }

    [Fact]
    public void Of_PixelVector_TakesItsOwnSize()
    {
        var column = PixelColumn.Of(Vectors<SquarePixels>(), "Image", imageSize: null, defaultImageSize: 32);

        Assert.Equal(Size, column.ImageSize);
    }

    [Fact]
    public void Of_PixelVectorOfAnotherSizeThanAsked_NamesBothSizes()
    {
        var error = Assert.Throws<ColumnMismatchException>(
            () => PixelColumn.Of(Vectors<SquarePixels>(), "Image", imageSize: 16, defaultImageSize: 32));

        Assert.Equal("The pixels in column 'Image' are 8×8 but ImageSize is 16; resize to 16 or leave ImageSize out.", error.Message);
    }

    [Fact]
    public void Of_PixelsThatAreNoSquare_NamesWidthAndHeight()
    {
        var error = Assert.Throws<ColumnMismatchException>(
            () => PixelColumn.Of(Vectors<WidePixels>(), "Image", imageSize: null, defaultImageSize: 32));

        Assert.Equal(
            "The pixels in column 'Image' are 16×8; a model takes squares: resize to equal width and height first.", error.Message);
    }

    [Fact]
    public void Of_PlanarPixelsThatAreNoSquare_NamesWidthAndHeight()
    {
        var error = Assert.Throws<ColumnMismatchException>(
            () => PixelColumn.Of(Vectors<WidePlanarPixels>(), "Image", imageSize: null, defaultImageSize: 32));

        Assert.StartsWith("The pixels in column 'Image' are 16×8;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Text_Throws() => ThrowsMismatch<Text>();

    [Fact]
    public void Of_FlatVector_Throws() => ThrowsMismatch<FlatPixels>();

    [Fact]
    public void Of_GreyPixels_Throws() => ThrowsMismatch<GreyPixels>();

    [Fact]
    public void Of_PixelsOfDoubles_Throws() => ThrowsMismatch<DoublePixels>();

    [Fact]
    public void Of_ShapeOfText_Throws()
    {
        var shape = SchemaShapes.Of(_ml.Data.LoadFromEnumerable(Array.Empty<Text>()).Schema);

        Assert.Throws<ColumnMismatchException>(object? () => PixelColumn.Of(shape, shape.Single()));
    }

    private void ThrowsMismatch<T>()
        where T : class
    {
        var error = Assert.Throws<ColumnMismatchException>(
            () => PixelColumn.Of(Vectors<T>(), "Image", imageSize: null, defaultImageSize: 32));

        Assert.StartsWith(
            "The image column 'Image' must hold images (LoadImages) or pixels (ExtractPixels, red, green and blue), but is ",
            error.Message,
            StringComparison.Ordinal);
    }

    private IDataView Images() => Load(_files.AddImage("image.png", seed: 5));

    private IDataView Load(string path) => Append(
        _ml.Data.LoadFromEnumerable([new LabeledImage { ImagePath = path }]), _ml.Transforms.LoadImages("Image", "", "ImagePath"));

    private IDataView Vectors<T>()
        where T : class => _ml.Data.LoadFromEnumerable(Array.Empty<T>());

    private byte[] Extract(IDataView view)
    {
        var column = PixelColumn.Of(view, "Image", imageSize: null, defaultImageSize: Size);
        var extracted = Append(view, column.Extract(_ml.Transforms, "Bytes"));
        return extracted.GetColumn<VBuffer<byte>>("Bytes").Single().DenseValues().ToArray();
    }

    private static IDataView Append(IDataView view, IEstimator<ITransformer> estimator) => estimator.Fit(view).Transform(view);

    private sealed class SquarePixels
    {
        [VectorType(Size, Size, 3)]
        public byte[] Image { get; set; } = [];
    }

    private sealed class WidePixels
    {
        [VectorType(Size, 2 * Size, 3)]
        public byte[] Image { get; set; } = [];
    }

    private sealed class WidePlanarPixels
    {
        [VectorType(3, Size, 2 * Size)]
        public float[] Image { get; set; } = [];
    }

    private sealed class FlatPixels
    {
        [VectorType(Size * Size * 3)]
        public byte[] Image { get; set; } = [];
    }

    private sealed class GreyPixels
    {
        [VectorType(Size, Size, 1)]
        public byte[] Image { get; set; } = [];
    }

    private sealed class DoublePixels
    {
        [VectorType(Size, Size, 3)]
        public double[] Image { get; set; } = [];
    }

    private sealed class Text
    {
        public string Image { get; set; } = "";
    }
}
