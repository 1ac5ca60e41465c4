using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;

namespace MLNetExtensions.Tests.Images;

/// <summary>What ML.NET's own transforms make of image files: the reference of the exact mode.</summary>
internal static class StockPixels
{
    public static byte[] Read(string path, int imageSize)
    {
        var ml = new MLContext();
        var files = ml.Data.LoadFromEnumerable([new LabeledImage { ImagePath = path }]);
        var images = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(files).Transform(files);
        return Read(ml, images, imageSize);
    }

    /// <summary>The pixels of the first row's <c>Image</c>.</summary>
    public static byte[] Read(MLContext ml, IDataView images, int imageSize)
    {
        var pixels = PixelColumn.OfImages("Image", imageSize).Extract(ml.Transforms, "Pixels").Fit(images).Transform(images);
        return pixels.GetColumn<byte[]>("Pixels").First();
    }
}
