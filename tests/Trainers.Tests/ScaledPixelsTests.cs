using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.Trainers;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace Trainers.Tests;

/// <summary>
/// Pixels as ML.NET's samples for other networks make them: scaled, shifted, in another order. Training sees the images' own.
/// </summary>
public sealed class ScaledPixelsTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    private MLContext ML => _images.ML;

    [Theory]
    [InlineData(1 / 255f, 0f, ColorsOrder.ARGB, false)]
    [InlineData(1 / 127.5f, 127.5f, ColorsOrder.ABGR, true)]
    public void Fit_ScaledPixels_TrainsAndSavesWhatPlainOnesTrain(float scale, float offset, ColorsOrder order, bool isInterleaved)
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var expected = Classifier().Fit(Extract(view, 1, 0, ColorsOrder.ARGB, isInterleaved: true));
        var scaled = Extract(view, scale, offset, order, isInterleaved);

        using var model = Classifier().Fit(scaled);
        var path = Path.Combine(_images.Files.Folder, "model.zip");
        ML.Model.Save(model, scaled.Schema, path);

        var scores = TinyImages.Scores(expected, Extract(view, 1, 0, ColorsOrder.ARGB, isInterleaved: true));
        Assert.Equal(scores, TinyImages.Scores(model, scaled));
        Assert.Equal(scores, TinyImages.Scores(ML.Model.Load(path, out _), scaled));
    }

    [Fact]
    public void Fit_ScaledNumbersOfUnknownOrigin_IsRefusedBeforeAnythingIsTrained()
    {
        var view = Numbers((row, i) => ((row * 31) + (i * 7)) % 256 / 255f);

        var error = Assert.Throws<ColumnMismatchException>(() => Classifier().Fit(view));

        Assert.Equal(
            "The pixels in column 'Pixels' are from 0 to 1, but a model takes 0 to 255: leave scaleImage and offsetImage out; the model " +
            "normalises by itself.",
            error.Message);
        Assert.Throws<ColumnMismatchException>(() => Classifier().Fit(Numbers((row, i) => ((row * 31) + (i * 7)) % 256), validation: view));
        Assert.Throws<ColumnMismatchException>(() => Classifier().FindLearningRate(view));
    }

    [Fact]
    public void Fit_NumbersThatAreNone_CostTheirRowAlone()
    {
        var view = Numbers((row, i) => row == 3 && i == 5 ? float.NaN : ((row * 31) + (i * 7)) % 256);

        using var model = Classifier().Fit(view);

        Assert.Equal([new SkippedImage("row 3", "its pixels are not all numbers.")], model.SkippedImages);
    }

    [Fact]
    public void Fit_CacheBehindLoadImages_SaysWhereToPutIt()
    {
        var cached = ML.Data.Cache(_images.Labelled(TinyImages.Labels));

        var error = Assert.Throws<ColumnMismatchException>(() => _images.Classifier().Fit(cached));

        Assert.Equal(
            "The data has no column 'Image': a cache before this step hides columns of images: put it before LoadImages, or leave it " +
            "out; pixels are kept anyway.",
            error.Message);
    }

    [Fact]
    public void Fit_CacheBehindExtractPixels_Trains()
    {
        var view = ML.Data.Cache(Extract(_images.Labelled(TinyImages.Labels), 1 / 255f, 0, ColorsOrder.ARGB, isInterleaved: false));

        using var model = Classifier().Fit(view);

        Assert.Empty(model.SkippedImages);
    }

    private ImageClassificationEstimator Classifier() =>
        _images.Classifier(TinyImages.Options with { ImageSize = null, ImageColumnName = "Pixels" });

    private IDataView Extract(IDataView view, float scale, float offset, ColorsOrder order, bool isInterleaved) =>
        ML.Transforms.ResizeImages("Image", TinyImages.Size, TinyImages.Size)
            .Append(ML.Transforms.ExtractPixels(
                "Pixels", "Image", orderOfExtraction: order, interleavePixelColors: isInterleaved, scaleImage: scale, offsetImage: offset))
            .Fit(view).Transform(view);

    private IDataView Numbers(Func<int, int, float> value) => ML.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(row => new NumberRow
    {
        Label = (uint)(row % 2),
        Pixels = [.. Enumerable.Range(0, TinyImages.Size * TinyImages.Size * 3).Select(i => value(row, i))],
    }));

    private sealed class NumberRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(TinyImages.Size, TinyImages.Size, 3)]
        public float[] Pixels { get; set; } = [];
    }
}
