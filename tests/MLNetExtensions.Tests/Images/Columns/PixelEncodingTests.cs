using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using TestImages;
using ColorBits = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace MLNetExtensions.Tests.Images.Columns;

/// <remarks>
/// The pixels expected are those that the image was made of. A newer ML.NET that names its members otherwise makes these fail.
/// </remarks>
public sealed class PixelEncodingTests : IDisposable
{
    private const int Size = 8;
    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1 / 255f, 0f)]
    [InlineData(1f, 117f)]
    [InlineData(1 / 127.5f, 127.5f)]
    [InlineData(0.017f, 123.68f)]
    [InlineData(-1f, 255f)]
    [InlineData(0.5f, 0f)]
    public void Extract_ScaledPixels_GivesTheImagesOwn(float scale, float offset)
    {
        var view = Extracted(scale: scale, offset: offset);

        Assert.Equal(ImageFiles.Pixels(seed: 5), Bytes(view));
    }

    [Theory]
    [InlineData(ColorsOrder.ABGR, true, true)]
    [InlineData(ColorsOrder.ABGR, true, false)]
    [InlineData(ColorsOrder.ABGR, false, false)]
    [InlineData(ColorsOrder.AGRB, false, true)]
    [InlineData(ColorsOrder.ARBG, true, true)]
    public void Extract_ColoursInAnotherOrder_GivesRedGreenBlue(ColorsOrder order, bool isInterleaved, bool floats)
    {
        var view = Extracted(order: order, isInterleaved: isInterleaved, floats: floats);

        Assert.Equal(ImageFiles.Pixels(seed: 5), Bytes(view));
    }

    [Theory]
    [InlineData(true, 8)]
    [InlineData(false, 8)]
    [InlineData(true, 4)]
    [InlineData(false, 4)]
    public void Extract_PixelsWithAlpha_LeavesItOut(bool isInterleaved, int size)
    {
        var view = Extracted(colors: ColorBits.All, isInterleaved: isInterleaved, size: size);

        Assert.Equal(ImageFiles.Pixels(seed: 5, size, size), Bytes(view));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Extract_ThreePixelsWide_KnowsPlanesFromColours(bool isInterleaved)
    {
        var view = Extracted(isInterleaved: isInterleaved, size: 3);

        Assert.Equal(ImageFiles.Pixels(seed: 5, width: 3, height: 3), Bytes(view));
    }

    [Fact]
    public void Extract_CachedCopiedAndSelected_FindsTheStepBehind()
    {
        var copied = Append(
            Extracted(scale: 1 / 255f), _ml.Transforms.CopyColumns("Copy", "Pixels").Append(_ml.Transforms.SelectColumns("Copy")));
        var view = _ml.Data.TakeRows(_ml.Data.Cache(copied), 1);

        Assert.Equal(ImageFiles.Pixels(seed: 5), Bytes(view, "Copy"));
    }

    [Fact]
    public void Extract_SplitAfterStepsThatReplaceOtherColumns_FindsTheStepBehind()
    {
        var steps = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.ConvertToGrayscale("Image"));
        var view = _ml.Data.CrossValidationSplit(Append(Extracted(scale: 1 / 255f, images: 8), steps))[0].TrainSet;

        Assert.Equal(ImageFiles.Pixels(seed: 5), Bytes(view));
    }

    [Fact]
    public void Of_PixelsThatALaterStepChanged_IsNotKnown()
    {
        var view = Append(Extracted(), _ml.Transforms.NormalizeMinMax("Pixels"));

        Assert.Null(PixelEncoding.Of(view, "Pixels"));
    }

    [Theory]
    [InlineData(ColorBits.Red)]
    [InlineData(ColorBits.Alpha | ColorBits.Red | ColorBits.Green)]
    public void Of_ColoursThatLack_SaysWhatToLeaveOut(ColorBits colors)
    {
        var error = Assert.Throws<ColumnMismatchException>(() => Bytes(Extracted(colors: colors)));

        Assert.EndsWith(
            "but a model takes red, green and blue: leave colorsToExtract out of ExtractPixels.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ScaleThatLosesPixels_SaysWhatToLeaveOut()
    {
        var error = Assert.Throws<ColumnMismatchException>(() => Bytes(Extracted(offset: 1e9f)));

        Assert.Contains(
            "cannot be restored from scaleImage 1 and offsetImage 1E+09: leave both out", error.Message, StringComparison.Ordinal);
    }

    private IDataView Extracted(
        float scale = 1, float offset = 0, ColorsOrder order = ColorsOrder.ARGB, bool isInterleaved = false, bool floats = true,
        ColorBits colors = ColorBits.Rgb, int size = Size, int images = 1)
    {
        var path = _files.AddImage("image.png", seed: 5, width: size, height: size);
        return Append(
            _ml.Data.LoadFromEnumerable(Enumerable.Range(0, images).Select(_ => new LabeledImage { ImagePath = path })),
            _ml.Transforms.LoadImages("Image", "", "ImagePath")
                .Append(_ml.Transforms.ResizeImages("Image", size, size))
                .Append(_ml.Transforms.ExtractPixels("Pixels", "Image", colors, order, isInterleaved, offset, scale, floats)));
    }

    private byte[] Bytes(IDataView view, string name = "Pixels")
    {
        var column = PixelColumn.Of(view, name, imageSize: null, defaultImageSize: 32);
        return Append(view, column.Extract(_ml.Transforms, "Bytes")).GetColumn<byte[]>("Bytes").First();
    }

    private static IDataView Append(IDataView view, IEstimator<ITransformer> estimator) => estimator.Fit(view).Transform(view);
}
